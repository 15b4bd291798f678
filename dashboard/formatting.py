"""Jinja filters: numbers and times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from brender_farm.domain.time_left import queue_words

NOTHING = "–"
_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def duration(seconds: float | None) -> str:
    """Write a duration in its two largest units: `0.42 s`, `8.3 s`, `2 min 05 s`, `3 h 20 min`."""
    if seconds is None or seconds < 0:
        return NOTHING
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    return _two_units(round(seconds))


def rough_duration(seconds: float | None) -> str:
    """Write a duration no finer than is worth knowing: `40 s`, `5 min 05 s`, `49 min`."""
    if seconds is None or seconds < 0:
        return NOTHING
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if 600 <= whole < 3600 else _two_units(whole)


def _two_units(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return f"{days} d {hours:02} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s"


def size(byte_count: float | None) -> str:
    """Write a size: `812 B`, `4.2 MB`, `1.3 TB` (powers of 1000, as disks and networks count)."""
    if byte_count is None:
        return NOTHING
    if byte_count < 1000:
        return f"{byte_count:.0f} B"
    for unit in ("kB", "MB", "GB"):
        byte_count /= 1000
        if byte_count < 999.5:
            return f"{byte_count:.1f} {unit}" if byte_count < 99.95 else f"{byte_count:.0f} {unit}"
    return f"{byte_count / 1000:.1f} TB"


def number(value: float | None) -> str:
    """Write a whole number with thin spaces between its thousands."""
    return NOTHING if value is None else f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def percent(share: float | None) -> str:
    """Write a share as a percentage that says 0 % and 100 % only when it is so."""
    if share is None:
        return NOTHING
    if 0 < share < 0.01:
        return "<1 %"
    return f"{min(int(share * 100), 100)} %"


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """Write how long ago a moment was: `just now`, `12 s ago`, `3 h ago`, `5 d ago`."""
    if moment is None:
        return NOTHING
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 5:
        return "just now"
    for length, unit in _STEPS:
        if seconds >= length:
            return f"{int(seconds // length)} {unit} ago"
    return f"{int(seconds)} s ago"


def since(moment: datetime, now: datetime | None = None) -> str:
    """Write how long something has been going on: `12 s`, `3 h`."""
    text = ago(moment, now)
    return "0 s" if text == "just now" else text.removesuffix(" ago")


def iso(moment: datetime | None) -> str:
    """Write a moment for machines: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def plain_time(moment: datetime | None) -> str:
    """Write a moment for people, in UTC; a script shows it in the reader's own time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if moment else NOTHING


def plural(count: int, one: str, many: str = "") -> str:
    """Write a number with its noun: `1 frame`, `48 frames`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def register_filters(app: Flask) -> None:
    for name in (
        duration,
        rough_duration,
        size,
        number,
        percent,
        ago,
        since,
        iso,
        plain_time,
        plural,
        queue_words,
    ):
        app.jinja_env.filters[name.__name__] = name
