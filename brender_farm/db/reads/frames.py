"""Reading stored frames."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.models import Frame, Shot
from brender_farm.domain.frames import MAX_FRAME_NUMBER, FrameList
from brender_farm.domain.states import FrameState


def failed_positions(session: Session, shot: Shot) -> Iterator[int]:
    """Yield where the shot's failed frames stand in its order."""
    order = FrameList.parse(shot.frames)
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
