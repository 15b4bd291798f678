"""The fields of a show's form: as they were typed, or as the show is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brender_farm.errors import Fault
from brender_farm.service.shapes.shows import ShowRequest, ShowRow

FIELDS = (
    "name",
    "root",
    "root_linux",
    "root_macos",
    "root_windows",
    "output_pattern",
    "preset",
    "notes",
)


@dataclass(frozen=True, slots=True)
class ShowForm:
    """What stands in the fields, and what is wrong with it."""

    values: Mapping[str, str]
    auto_run: bool = False
    """Whether the box is ticked that lets scripts in its files run."""
    faults: Sequence[Fault] = ()

    @classmethod
    def typed(cls, sent: Mapping[str, str], faults: Sequence[Fault] = ()) -> ShowForm:
        may_run = sent.get("auto_run") == "yes"
        return cls({name: sent.get(name, "") for name in FIELDS}, may_run, faults)

    @classmethod
    def of(cls, show: ShowRow) -> ShowForm:
        asked = show.as_request()
        return cls({name: getattr(asked, name) for name in FIELDS}, asked.auto_run)

    def to_request(self) -> ShowRequest:
        return ShowRequest(**self.values, auto_run=self.auto_run)

    def faults_of(self, name: str) -> list[Fault]:
        return [fault for fault in self.faults if fault.field == name]
