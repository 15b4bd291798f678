"""What an audit looks at: finished frames as they are recorded, and shots that wait for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Frame, Shot
from brender_farm.domain.states import ACTIVE_SHOT_STATES, FrameState, ShotState

_BATCH = 500
_RECORDED = select(Frame.frame, Frame.chunk_id, Frame.byte_count, Frame.digest, Frame.files).where(
    Frame.state == FrameState.DONE
)


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file as it was when it was proven; None: not recorded."""

    name: str
    """Relative to the shot's output folder; empty: the frame's own picture."""
    byte_count: int | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class RecordedFrame:
    """A finished frame and the chunk that made it; None: it was there before."""

    frame: int
    chunk_id: int | None
    files: tuple[RecordedFile, ...]
    """Its picture first."""


def recorded_frames(
    session: Session, shot_id: int, *, after: int, limit: int
) -> list[RecordedFrame]:
    """Return the next finished frames of a shot by number, those above `after`."""
    wanted = _RECORDED.where(Frame.shot_id == shot_id, Frame.frame > after)
    found = session.execute(wanted.order_by(Frame.frame).limit(limit))
    return [_recorded(row) for row in found]


def still_recorded(
    session: Session, shot_id: int, frames: Sequence[RecordedFrame]
) -> list[RecordedFrame]:
    """Return those that are recorded now as they were: neither asked for again nor rendered."""
    now: dict[int, RecordedFrame] = {}
    numbers = [frame.frame for frame in frames]
    for start in range(0, len(numbers), _BATCH):
        wanted = _RECORDED.where(
            Frame.shot_id == shot_id, Frame.frame.in_(numbers[start : start + _BATCH])
        )
        now |= {row.frame: _recorded(row) for row in session.execute(wanted)}
    return [frame for frame in frames if now.get(frame.frame) == frame]


def _recorded(row: Row[Any]) -> RecordedFrame:
    picture = RecordedFile("", row.byte_count, row.digest)
    others = (
        RecordedFile(file["name"], file["byte_count"], file["digest"]) for file in row.files or ()
    )
    return RecordedFrame(row.frame, row.chunk_id, (picture, *others))


def shots_to_audit(session: Session, *, finished_since: datetime) -> list[int]:
    """Return the shots that were finished since then and not audited after it, oldest first."""
    wanted = select(Shot.id).where(
        Shot.state.in_((ShotState.COMPLETED, ShotState.FAILED)),
        Shot.done_count > 0,
        Shot.finished_at >= finished_since,
        or_(Shot.audited_at.is_(None), Shot.audited_at < Shot.finished_at),
    )
    return list(session.scalars(wanted.order_by(Shot.finished_at, Shot.id)))


def successor_in_folder(session: Session, shot: Shot) -> int | None:
    """Return the newest shot that was submitted after this one into the same folder."""
    return session.scalar(
        select(func.max(Shot.id)).where(Shot.output_dir == shot.output_dir, Shot.id > shot.id)
    )


def is_work_waiting(session: Session) -> bool:
    """Tell whether any shot renders or waits for a node."""
    wanted = select(Shot.id).where(Shot.state.in_(ACTIVE_SHOT_STATES)).limit(1)
    return session.scalar(wanted) is not None
