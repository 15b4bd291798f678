"""The farm of this machine as a whole."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from brender_farm.client.local.context import in_farm
from brender_farm.client.who import user_name
from brender_farm.service.shapes.settings import SettingRow

if TYPE_CHECKING:
    from brender_farm.broker.log_stream import LogLine
    from brender_farm.service.shapes.condition import Condition
    from brender_farm.service.shapes.events import EventFilter, EventPage
    from brender_farm.service.shapes.logs import LogFilter, LogPage, LogSource
    from brender_farm.service.shapes.notices import NoticeRequest, NoticeRow


class LocalFarmWork:
    """See `backend.FarmWork`."""

    def condition(self) -> Condition:
        from brender_farm.service import condition as service

        with in_farm():
            return service.condition()

    def all_settings(self) -> tuple[SettingRow, ...]:
        from brender_farm.service.farm_settings import KINDS, all_settings

        with in_farm():
            values = all_settings()
        return tuple(SettingRow(**asdict(kind), value=values[kind.name]) for kind in KINDS)

    def change_setting(self, name: str, value: str | bool | float) -> bool | float | int:
        from brender_farm.service import farm_settings

        with in_farm():
            return farm_settings.change_setting(name, value, actor=user_name())

    def list_logs(self, wanted: LogFilter, *, limit: int = 300) -> LogPage:
        from brender_farm.service import logs

        with in_farm():
            return logs.list_logs(wanted, limit=limit)

    def lines_after(self, wanted: LogFilter, line_id: str) -> tuple[list[LogLine], str]:
        from brender_farm.service import logs

        with in_farm():
            return logs.lines_after(wanted, line_id)

    def log_sources(self) -> tuple[LogSource, ...]:
        from brender_farm.service import logs

        with in_farm():
            return logs.log_sources()

    def list_events(self, wanted: EventFilter, *, limit: int = 100) -> EventPage:
        from brender_farm.service import events

        with in_farm():
            return events.list_events(wanted, limit=limit)

    def list_notices(self) -> tuple[NoticeRow, ...]:
        from brender_farm.service import notices

        with in_farm():
            return notices.list_notices(user_name())

    def add_notice(self, wanted: NoticeRequest) -> NoticeRow:
        from brender_farm.service import notices

        with in_farm():
            return notices.add_notice(wanted, owner=user_name())

    def remove_notice(self, notice_id: int) -> NoticeRow:
        from brender_farm.service import notices

        with in_farm():
            return notices.remove_notice(notice_id, owner=user_name())

    def try_notice(self, notice_id: int) -> str:
        from brender_farm.service import notices

        with in_farm():
            return notices.try_notice(notice_id, owner=user_name())
