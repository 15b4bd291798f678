"""What a shot is to wait for: other shots, a time. Each understood or refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from brender_farm.db.core import reading
from brender_farm.db.models import Shot
from brender_farm.db.reads.dependencies import missing_shots
from brender_farm.domain.dependencies import numbered, positions_of
from brender_farm.domain.frames import FrameList, frame_list
from brender_farm.errors import Fault
from brender_farm.service.limits import shown

_MAX_SHOTS = 100
_CLOCK = re.compile(r"\d{1,2}:\d{2}", re.ASCII)


def read_after(shots: Sequence[int] | str | None, field: str) -> tuple[int, ...] | Fault:
    """Return the numbers of the shots to come after, order kept, each once; all are known."""
    parts = shots.replace(",", " ").split() if isinstance(shots, str) else list(shots or ())
    numbers = [_number(part) for part in parts]
    if len(numbers) > _MAX_SHOTS or not all(numbers):
        return Fault(
            field=field,
            message=f"{shown(shots)} are not numbers of shots.",
            remedy=f"Give up to {_MAX_SHOTS} with commas between, such as 9, 12.",
        )
    return unknown_fault(numbers, field) or tuple(dict.fromkeys(numbers))


def unknown_fault(shot_ids: Sequence[int], field: str) -> Fault | None:
    """Refuse numbers that no shot of the farm has."""
    if not shot_ids:
        return None
    with reading() as session:
        missing = missing_shots(session, shot_ids)
    if not missing:
        return None
    return Fault(
        field=field,
        message=f"There is no {numbered(missing)}.",
        remedy="The number of a shot is in its page's address and in: brender shots",
    )


def unshared_fault(shot_ids: Sequence[int], frames: FrameList) -> Fault | None:
    """Refuse to wait frame by frame for a shot that has none of the frames: it would hold none."""
    with reading() as session:
        for other in [session.get(Shot, shot_id) for shot_id in shot_ids]:
            if other is not None and not positions_of(frames, frame_list(other.frames)):
                return Fault(
                    field="after_frames",
                    message=f"Shot {other.id} has none of these frames; it has {other.frames}.",
                    remedy="Choose frames that both have, or come after all of it: after.",
                )
    return None


def _number(part: int | str) -> int:
    """Return a shot's number; 0 for what is none."""
    text = str(part).strip().removeprefix("#")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def read_not_before(
    value: datetime | str | None, *, now: datetime | None = None
) -> datetime | Fault | None:
    """Return when the shot may start, in UTC; a time without a zone is the farm's local time.

    One without a day, `20:00`, is the next such time after `now`; None: after this moment.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        if isinstance(value, str):
            value = _read_moment(value.strip(), now or datetime.now(UTC))
        return value.astimezone(UTC)
    except (ValueError, OverflowError):
        return Fault(
            field="not_before",
            message=f"{shown(value)} is not a time.",
            remedy="Write it like 20:00 or 2026-12-01 20:00.",
        )


def _read_moment(text: str, now: datetime) -> datetime:
    """Return the moment; without a zone it is local. Raises ValueError."""
    if not _CLOCK.fullmatch(text):
        return datetime.fromisoformat(text)
    hour, minute = text.split(":")
    today = datetime.combine(now.astimezone().date(), time(int(hour), int(minute)))
    return today if today.astimezone() > now else today + timedelta(days=1)
