"""A farm elsewhere as a whole."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from brender_farm.broker.log_stream import LogLine
from brender_farm.client.remote.decode import decode, decode_all
from brender_farm.client.remote.http import Http
from brender_farm.errors import NotFound
from brender_farm.service.shapes.condition import Condition
from brender_farm.service.shapes.events import EventFilter, EventLine, EventPage
from brender_farm.service.shapes.farm import EventRow
from brender_farm.service.shapes.logs import LogFilter, LogPage, LogSource
from brender_farm.service.shapes.notices import NoticeRequest, NoticeRow
from brender_farm.service.shapes.settings import SettingRow

_LINES = 5000
"""More than the farm keeps of any source."""


@dataclass(frozen=True)
class RemoteFarmWork:
    """See `backend.FarmWork`."""

    http: Http

    def condition(self) -> Condition:
        return decode(Condition, self.http.get("/status"))

    def all_settings(self) -> tuple[SettingRow, ...]:
        return decode_all(SettingRow, self.http.get("/settings")["settings"])

    def change_setting(self, name: str, value: str | bool | float) -> bool | float | int:
        told = self.http.send("PATCH", "/settings", {name: value})
        rows = decode_all(SettingRow, told["settings"])
        found = next((row for row in rows if row.name == name), None)
        if found is None:
            raise NotFound(f"There is no setting {name!r}. See: brender settings")
        return found.value

    def list_logs(self, wanted: LogFilter, *, limit: int = 300) -> LogPage:
        return _page(self.http.get("/logs", {**asdict(wanted), "limit": limit}))

    def lines_after(self, wanted: LogFilter, line_id: str) -> tuple[list[LogLine], str]:
        query = {**asdict(wanted), "limit": _LINES, "after": line_id}
        found = _page(self.http.get("/logs", query))
        return list(found.lines), found.trouble

    def log_sources(self) -> tuple[LogSource, ...]:
        return decode_all(LogSource, self.http.get("/logs/sources")["sources"])

    def list_events(self, wanted: EventFilter, *, limit: int = 100) -> EventPage:
        told = self.http.get("/events", {**asdict(wanted), "limit": limit})
        lines = tuple(
            EventLine(event=decode(EventRow, each), name=each["name"]) for each in told["events"]
        )
        return EventPage(lines=lines, older=told["older"], tag="")

    def list_notices(self) -> tuple[NoticeRow, ...]:
        return decode_all(NoticeRow, self.http.get("/notices")["notices"])

    def add_notice(self, wanted: NoticeRequest) -> NoticeRow:
        topics = wanted.topics.split(",") if isinstance(wanted.topics, str) else wanted.topics
        asked = {
            "address": wanted.address,
            "topics": [topic.strip() for topic in topics if topic.strip()],
            "mine_only": wanted.mine_only,
            "show": wanted.show,
        }
        return decode(NoticeRow, self.http.send("POST", "/notices", asked))

    def remove_notice(self, notice_id: int) -> NoticeRow:
        found = next((row for row in self.list_notices() if row.id == notice_id), None)
        if found is None:
            raise NotFound(f"There is no subscription {notice_id} of yours.")
        self.http.send("DELETE", f"/notices/{notice_id}")
        return found

    def try_notice(self, notice_id: int) -> str:
        told = self.http.send("POST", f"/notices/{notice_id}/test")
        return str(told["trouble"])


def _page(told: dict[str, Any]) -> LogPage:
    return decode(LogPage, told, tag="", has_older=told.get("next_cursor") is not None)
