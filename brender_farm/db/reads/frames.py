"""Reading stored frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Frame, Shot
from brender_farm.domain.frames import MAX_FRAME_NUMBER, frame_list
from brender_farm.domain.states import FrameState


def failed_positions(session: Session, shot: Shot) -> Iterator[int]:
    """Yield where the shot's failed frames stand in its order."""
    order = frame_list(shot.frames)
    wanted = select(Frame.frame).where(Frame.shot_id == shot.id, Frame.state == FrameState.FAILED)
    for number in session.scalars(wanted):
        position = order.position(number)
        if position is not None:
            yield position


def done_frame(session: Session, shot_id: int, number: int) -> Frame | None:
    """Return a frame that is finished, or None."""
    if not 0 <= number <= MAX_FRAME_NUMBER:
        return None  # more than the column holds, perhaps
    frame = session.get(Frame, (shot_id, number))
    return frame if frame is not None and frame.state is FrameState.DONE else None


def frames_numbered(session: Session, shot_id: int, numbers: Sequence[int]) -> list[Frame]:
    """Return the stored ones of these frames, fewer than a thousand at a time."""
    wanted = select(Frame).where(Frame.shot_id == shot_id, Frame.frame.in_(numbers))
    return list(session.scalars(wanted))


def digests_between(session: Session, shot_id: int, first: int, last: int) -> dict[int, str]:
    """Return the digest of every finished frame with a number from `first` to `last`."""
    wanted = select(Frame.frame, Frame.digest).where(
        Frame.shot_id == shot_id,
        Frame.frame.between(first, last),
        Frame.state == FrameState.DONE,
        Frame.digest.is_not(None),
    )
    return {row.frame: row.digest for row in session.execute(wanted)}


def last_failed_frame(session: Session, shot_id: int) -> Frame | None:
    """Return the frame that gave up last."""
    wanted = select(Frame).where(Frame.shot_id == shot_id, Frame.state == FrameState.FAILED)
    return session.scalars(wanted.order_by(Frame.at.desc(), Frame.frame.desc()).limit(1)).first()


def pending_with_failures(session: Session, shot_id: int) -> list[Frame]:
    """Return the frames that are to be tried again."""
    wanted = select(Frame).where(Frame.shot_id == shot_id, Frame.state == FrameState.PENDING)
    return [frame for frame in session.scalars(wanted) if frame.failed_on]


def have_finished(session: Session, shot_id: int, node_ids: Sequence[int]) -> bool:
    """Tell whether any of these nodes has finished a frame of the shot."""
    wanted = (
        select(Chunk.id)
        .where(Chunk.shot_id == shot_id, Chunk.node_id.in_(node_ids), Chunk.done_count > 0)
        .limit(1)
    )
    return session.scalar(wanted) is not None
