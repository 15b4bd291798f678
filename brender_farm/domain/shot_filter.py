"""Which shots are meant: what a list shows, and what one action over many is done to."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta

from brender_farm.domain.local_time import LOCAL

OF_NO_SHOW = 0
"""Stands for a show in a filter: the shots that belong to none."""
ARCHIVED_ONLY = "only"
ARCHIVED_TOO = "all"
_MAX_STATES = 20
_FIRST, _LAST = date(1970, 1, 2), date(9990, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotFilter:
    """Which shots; what is left at its default lets all of them through."""

    search: str = ""
    """Part of a name or a submitter, or a number."""
    state: str = ""
    """One state, or several with commas between."""
    show_id: int | None = None
    """Shots of this show; OF_NO_SHOW: of none."""
    submitter: str = ""
    min_priority: int | None = None
    max_priority: int | None = None
    since: date | None = None
    """Submitted on this day or later, by the clock of the farm's machine."""
    until: date | None = None
    """Submitted on this day or earlier."""
    archived: str = ""
    """ARCHIVED_ONLY: those that are put away; ARCHIVED_TOO: with them; empty: without them."""

    @property
    def states(self) -> tuple[str, ...]:
        """Each state once; whatever is written, no more than a database takes."""
        return tuple(dict.fromkeys(word for word in self.state.split(",") if word))[:_MAX_STATES]

    @property
    def filter(self) -> ShotFilter:
        """Only what says which shots, without what a list adds to it."""
        return ShotFilter(**{each.name: getattr(self, each.name) for each in fields(ShotFilter)})

    @property
    def is_open(self) -> bool:
        """Whether it lets through all shots that are not archived."""
        return self.filter == ShotFilter()


def day_begins(day: date) -> datetime:
    """Return when a day begins by the clock of this machine, in UTC; no farm is older than 1970."""
    return datetime.combine(max(day, _FIRST), time(), tzinfo=LOCAL).astimezone(UTC)


def day_is_over(day: date) -> datetime | None:
    """Return when a day is over, in UTC; None for the last one that can be told."""
    return day_begins(day + timedelta(days=1)) if day < _LAST else None
