"""Changing what an unfinished shot comes after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Shot
from brender_farm.db.reads.dependencies import all_before, missing_shots
from brender_farm.db.reads.shots import require_shot
from brender_farm.db.writes.dependencies import come_after
from brender_farm.db.writes.shots import note, roll_up, touch
from brender_farm.domain.dependencies import find_circle, numbered
from brender_farm.domain.frames import frame_list
from brender_farm.domain.states import UNFINISHED_SHOT_STATES, shot_actions
from brender_farm.errors import ActionRefused, Fault, NotFound, RequestRefused
from brender_farm.service.messages import announce
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.views import shot_row
from brender_farm.service.waits import read_after, unshared_fault

Shots = Sequence[int] | str | None
"""Numbers of shots, as a list or as text."""


def set_after(
    shot_id: int, after: Shots = None, after_frames: Shots = None, *, actor: str
) -> ShotRow:
    """Let an unfinished shot come after these shots, as a whole and frame by frame, and no others.

    Frames that are rendering are finished; what is given away next follows the change. Raises
    NotFound, RequestRefused for numbers that cannot be used, and ActionRefused for a finished shot
    and for shots that would wait for each other in a circle, which it spells out.
    """
    whole, by_frame = _read(shot_id, after, after_frames)
    now = datetime.now(UTC)
    with writing() as session:
        shot = require_shot(session, shot_id)
        require_unfinished(shot)
        require_no_circle(session, shot, {*whole, *by_frame})
        come_after(session, shot, whole, by_frame, now=now)
        note(session, shot, now=now, actor=actor, reason=_told(whole, by_frame))
        roll_up(session, shot, now=now)
        touch(session, shot)
        row = shot_row(shot)
    announce()
    return row


def _read(
    shot_id: int, after: Shots, after_frames: Shots
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    with reading() as session:
        frames = frame_list(require_shot(session, shot_id).frames)
    whole, by_frame = read_after(after, "after"), read_after(after_frames, "after_frames")
    if isinstance(whole, Fault) or isinstance(by_frame, Fault):
        raise RequestRefused(*(each for each in (whole, by_frame) if isinstance(each, Fault)))
    if fault := unshared_fault(by_frame, frames):
        raise RequestRefused(fault)
    return whole, tuple(number for number in by_frame if number not in whole)


def require_unfinished(shot: Shot) -> None:
    """Raise ActionRefused for a shot that is over."""
    if shot.state not in UNFINISHED_SHOT_STATES:
        raise ActionRefused(
            f"It is {shot.state}: there is nothing left that could wait.",
            allowed=shot_actions(shot.state),
        )


def require_no_circle(session: Session, shot: Shot, earlier: set[int]) -> None:
    """Raise NotFound for shots that are not there, ActionRefused for a circle, spelled out."""
    missing = missing_shots(session, sorted(earlier))
    if missing:
        raise NotFound(f"There is no {numbered(missing)}.")
    before = all_before(session, earlier) | {shot.id: sorted(earlier)}
    if circle := find_circle(before, shot.id):
        way = " -> ".join(map(str, circle))
        raise ActionRefused(
            f"Shot {way}: each would wait for the next, and none would ever begin. "
            "Leave one of them out."
        )


def _told(whole: tuple[int, ...], by_frame: tuple[int, ...]) -> str:
    parts = [numbered(whole)] if whole else []
    parts += [f"frame by frame after {numbered(by_frame)}"] if by_frame else []
    return f"It comes after {', '.join(parts)}." if parts else "It comes after no other shot."
