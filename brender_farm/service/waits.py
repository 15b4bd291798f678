"""What a shot waits for as a whole: other shots, a time. Each understood or refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from brender_farm.errors import Fault
from brender_farm.service.limits import shown

_MAX_SHOTS = 100


def read_after(shots: Sequence[int] | str | None, field: str) -> tuple[int, ...] | Fault:
    """Return the numbers of the shots to come after, order kept, each once."""
    parts = shots.replace(",", " ").split() if isinstance(shots, str) else list(shots or ())
    numbers = [_number(part) for part in parts]
    if len(numbers) <= _MAX_SHOTS and all(numbers):
        return tuple(dict.fromkeys(numbers))
    return Fault(
        field=field,
        message=f"{shown(shots)} are not numbers of shots.",
        remedy=f"Give up to {_MAX_SHOTS} with commas between, such as 9, 12.",
    )


def _number(part: int | str) -> int:
    """Return a shot's number; 0 for what is none."""
    text = str(part).strip().removeprefix("#")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def read_not_before(value: datetime | str | None) -> datetime | Fault | None:
    """Return when the shot may start, in UTC; a time without a zone is the farm's local time."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value.strip())
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return Fault(
            field="not_before",
            message=f"{shown(value)} is not a time.",
            remedy="Write it like 2026-12-01 20:00.",
        )
