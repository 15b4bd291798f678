"""Limits, shares, presets and shows of a farm elsewhere."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from brender_farm.client.remote.decode import decode, decode_all
from brender_farm.client.remote.http import Http, name_in
from brender_farm.domain.path_mapping import Root, system_of, to_node
from brender_farm.errors import Fault, NotFound, RequestRefused
from brender_farm.service.shapes.farm import LimitRow, Rules, ShareRow
from brender_farm.service.shapes.presets import PresetRow
from brender_farm.service.shapes.shows import ShowRequest, ShowRow

_Row = TypeVar("_Row", PresetRow, ShowRow)


@dataclass(frozen=True)
class RemoteRules:
    """See `backend.RuleWork`."""

    http: Http

    def list_rules(self) -> Rules:
        return Rules(
            limits=decode_all(LimitRow, self.http.get("/limits")["limits"]),
            shares=decode_all(ShareRow, self.http.get("/shares")["shares"]),
        )

    def set_limit(self, name: str, slots: float | str) -> LimitRow:
        asked = {"slots": _whole("slots", slots)}
        return decode(LimitRow, self.http.send("PUT", f"/limits/{name_in(name)}", asked))

    def remove_limit(self, name: str) -> None:
        self.http.send("DELETE", f"/limits/{name_in(name)}")

    def set_share(self, submitter: str, weight: float | str) -> ShareRow:
        asked = {"weight": _number("weight", weight)}
        return decode(ShareRow, self.http.send("PUT", f"/shares/{name_in(submitter)}", asked))

    def remove_share(self, submitter: str) -> None:
        self.http.send("DELETE", f"/shares/{name_in(submitter)}")

    def list_presets(self) -> tuple[PresetRow, ...]:
        return decode_all(PresetRow, self.http.get("/presets")["presets"])

    def set_preset(self, name: str, changes: Mapping[str, Any]) -> PresetRow:
        asked = {"name": name, "settings": dict(changes)}
        return decode(PresetRow, self.http.send("PATCH", "/presets", asked))

    def remove_preset_named(self, name: str) -> PresetRow:
        found = _named(self.list_presets(), name)
        if found is None:
            raise NotFound(f"There is no preset {name!r}. See: brender presets")
        self.http.send("DELETE", f"/presets/{found.id}")
        return found

    def list_shows(self) -> tuple[ShowRow, ...]:
        return decode_all(ShowRow, self.http.get("/shows")["shows"])

    def path_here(self, path: str) -> str:
        roots = [
            Root(show.root, show.root_linux, show.root_macos, show.root_windows)
            for show in self.list_shows()
        ]
        return to_node(path, roots, system_of(platform.system()))

    def find_show(self, text: str) -> ShowRow:
        shows = self.list_shows()
        found = _named(shows, text) or next(
            (show for show in shows if str(show.id) == text.strip()), None
        )
        if found is None:
            raise NotFound(f"There is no show {text[:100]!r}. See: brender shows")
        return found

    def add_show(self, asked: ShowRequest) -> ShowRow:
        return decode(ShowRow, self.http.send("POST", "/shows", asdict(asked)))

    def change_show(self, show_id: int, asked: ShowRequest) -> ShowRow:
        return decode(ShowRow, self.http.send("PATCH", f"/shows/{show_id}", asdict(asked)))

    def delete_show(self, show_id: int) -> ShowRow:
        found = decode(ShowRow, self.http.get(f"/shows/{show_id}"))
        self.http.send("DELETE", f"/shows/{show_id}")
        return found

    def activate_show(self, show_id: int) -> ShowRow:
        return decode(ShowRow, self.http.send("PUT", f"/shows/{show_id}/active"))

    def deactivate_shows(self) -> None:
        self.http.send("DELETE", "/shows/active")


def _named(rows: Iterable[_Row], name: str) -> _Row | None:
    """Return the row of this name, in any letter case."""
    wanted = name.strip().casefold()
    return next((row for row in rows if row.name.casefold() == wanted), None)


def _number(field: str, value: float | str) -> float:
    try:
        return float(value)
    except ValueError:
        raise RequestRefused(
            Fault(field=field, message=f"{value!r} is no number.", remedy="Example: 2")
        ) from None


def _whole(field: str, value: float | str) -> float:
    number = _number(field, value)
    return int(number) if number.is_integer() else number
