"""When a node takes new work: windows of the week, in the wall-clock time of the farm's machine."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

EXAMPLE = "mon-fri 19:00-08:00, sat-sun"
ALWAYS = "always"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAILY = "daily"
_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_MIN = 24 * 60
_WEEK_MIN = 7 * _DAY_MIN
_MOST_WINDOWS = 50
_DASH = re.compile(r"\s*[-–]\s*")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The same minutes on some days of the week."""

    first_day: int
    """Monday is 0."""
    day_count: int
    start_min: int
    """Minutes from the day's midnight."""
    length_min: int
    """A day at most; it may run into the next day."""

    def covers(self, minute: int) -> bool:
        """Tell whether a minute of the week, from Monday's midnight, is in it."""
        starts = (
            (self.first_day + day) * _DAY_MIN + self.start_min for day in range(self.day_count)
        )
        return any((minute - start) % _WEEK_MIN < self.length_min for start in starts)

    def edges(self) -> set[int]:
        """Return the minutes of the week at which it begins or ends."""
        starts = [
            (self.first_day + day) * _DAY_MIN + self.start_min for day in range(self.day_count)
        ]
        return {
            minute % _WEEK_MIN for start in starts for minute in (start, start + self.length_min)
        }

    def __str__(self) -> str:
        days = _day_words(self.first_day, self.day_count)
        if (self.start_min, self.length_min) == (0, _DAY_MIN):
            return days
        end = self.start_min + self.length_min
        return (
            f"{days} {_clock(self.start_min)}-{_clock(end if end == _DAY_MIN else end % _DAY_MIN)}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Windows of the week; without any: always open. Its text is what `read_hours` reads."""

    windows: tuple[Window, ...] = ()
    _changes: tuple[int, ...] = ()
    """The minutes of the week at which it opens or closes, in order."""
    _opens_week: bool = True
    """Whether it is open before the first of them."""

    def is_open(self, moment: datetime) -> bool:
        """Tell whether new work is taken at this moment, an aware local time."""
        return bool(bisect_right(self._changes, _minute(moment)) % 2) != self._opens_week

    def next_change(self, moment: datetime) -> datetime | None:
        """Return when it next opens or closes, in the moment's own zone; None: never.

        In a night in which clocks are changed it may be off by as much as they are.
        """
        if not self._changes:
            return None
        now = _minute(moment)
        place = bisect_right(self._changes, now)
        minute = self._changes[place % len(self._changes)]
        midnight = moment.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0, fold=0)
        wait = (minute - now) % _WEEK_MIN or _WEEK_MIN
        wall = midnight + timedelta(minutes=now % _DAY_MIN + wait)
        return _in_zone_of(moment, wall)

    def __str__(self) -> str:
        return ", ".join(str(window) for window in self.windows) or ALWAYS


@lru_cache(maxsize=1024)
def read_hours(text: str) -> Hours:
    """Read hours such as `mon-fri 19:00-08:00, sat-sun`; empty and `always`: always open.

    A window that ends at or before its start runs into the next day; one without times is whole
    days, one without days is daily. Raises ValueError.
    """
    parts = [part.strip() for part in text.lower().replace(";", ",").split(",") if part.strip()]
    if not parts or parts == [ALWAYS]:
        return Hours()
    if len(parts) > _MOST_WINDOWS:
        raise ValueError(f"Give up to {_MOST_WINDOWS} windows, not {len(parts)}.")
    windows = tuple(dict.fromkeys(_window(part) for part in parts))
    changes, opens_week = _changes_of(windows)
    if not changes:  # every minute of the week
        return Hours()
    return Hours(windows=windows, _changes=changes, _opens_week=opens_week)


def _changes_of(windows: tuple[Window, ...]) -> tuple[tuple[int, ...], bool]:
    """Return where the windows together open or close, and whether the week begins open."""

    def is_open(minute: int) -> bool:
        return any(window.covers(minute) for window in windows)

    edges = sorted(set[int]().union(*(window.edges() for window in windows)))
    changes = tuple(edge for edge in edges if is_open(edge) != is_open(edge - 1))
    return changes, is_open(_WEEK_MIN - 1)


def _window(part: str) -> Window:
    words = _DASH.sub("-", part).split()
    if len(words) > 2:
        raise ValueError(f"“{part}” is not a window of the week.")
    if len(words) == 1:
        words = [_DAILY, *words] if words[0][0].isdecimal() else [*words, "00:00-24:00"]
    first_day, day_count = _days(words[0])
    start, end = _times(words[1])
    return Window(
        first_day=first_day,
        day_count=day_count,
        start_min=start,
        length_min=end - start if end > start else end - start + _DAY_MIN,
    )


def _days(text: str) -> tuple[int, int]:
    """Return the first day and how many: `fri-mon` is Friday and three more."""
    if text == _DAILY:
        return 0, len(_DAYS)
    first, _, last = text.partition("-")
    start = _day(first)
    count = (_day(last) - start) % len(_DAYS) + 1 if "-" in text else 1
    return (0 if count == len(_DAYS) else start), count


def _day(word: str) -> int:
    for names in (_DAYS, _LONG):
        if word in names:
            return names.index(word)
    raise ValueError(f"“{word}” is not a day: use {', '.join(_DAYS)} or {_DAILY}.")


def _times(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    if not dash:
        raise ValueError(f"“{text}” has no end.")
    start = _time(first)
    if start == _DAY_MIN:
        raise ValueError(f"“{text}” begins at 24:00: write 00:00 of the next day.")
    return start, _time(last)


def _time(text: str) -> int:
    found = _TIME.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 0)
    if minute > 59 or hour * 60 + minute > _DAY_MIN:
        raise ValueError(f"“{text}” is not a time of day, 00:00 to 24:00.")
    return hour * 60 + minute


def _day_words(first: int, count: int) -> str:
    if count == len(_DAYS):
        return _DAILY
    return (
        _DAYS[first] if count == 1 else f"{_DAYS[first]}-{_DAYS[(first + count - 1) % len(_DAYS)]}"
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _minute(moment: datetime) -> int:
    """Return the minute of the week, from Monday's midnight."""
    return moment.weekday() * _DAY_MIN + moment.hour * 60 + moment.minute


def _in_zone_of(moment: datetime, wall: datetime) -> datetime:
    """Give a later wall-clock time the moment's zone: the first such time that is later."""
    first = wall.replace(tzinfo=moment.tzinfo)
    chosen = first if first.astimezone(UTC) > moment.astimezone(UTC) else first.replace(fold=1)
    return chosen.astimezone(UTC).astimezone(moment.tzinfo)
