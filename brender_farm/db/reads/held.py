"""Reading which frames wait for the same frame of another shot."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Dependency, Frame, Shot
from brender_farm.db.reads.frames import failed_positions
from brender_farm.domain.dependencies import positions_of
from brender_farm.domain.frames import FrameList, Spans, frame_list
from brender_farm.domain.states import LIVE_CHUNK_STATES, FrameState

_FEW = 500
"""So many frames are looked up one by one; more are told from what is left of the other shot."""


def held_by(session: Session, shot: Shot, positions: Spans) -> Spans:
    """Return those of the positions whose frame is of another shot and not done there."""
    if not positions:
        return positions
    found = Spans()
    for other in awaited_by_frame(session, shot.id):
        found |= held_by_one(session, shot, other, positions)
    return found


def held_by_one(session: Session, shot: Shot, other: Shot, positions: Spans) -> Spans:
    """Return those of the positions whose frame is one of the other shot's and not done there."""
    if other.done_count == other.frame_count:
        return Spans()
    order = frame_list(shot.frames)
    return positions_of(order, _not_done(session, other, order.at(positions))) & positions


def awaited_by_frame(session: Session, shot_id: int) -> Sequence[Shot]:
    """Return the shots that a shot comes after frame by frame."""
    wanted = select(Dependency.after_id).where(
        Dependency.shot_id == shot_id, Dependency.by_frame.is_(True)
    )
    # Past the session, which would first write every change so far; most shots wait for none.
    ids = session.connection().scalars(wanted.order_by(Dependency.after_id)).all()
    return [session.get_one(Shot, shot_id) for shot_id in ids]


def _not_done(session: Session, shot: Shot, wanted: FrameList) -> FrameList:
    """Return frames of a shot that are not done, all of the wanted ones among them."""
    order = frame_list(shot.frames)
    if len(wanted) <= _FEW:
        numbers = [number for number in wanted if order.position(number) is not None]
        done = _done_numbers(session, shot.id, numbers)
        return FrameList.of(number for number in numbers if number not in done)
    left = Spans.decode(shot.pending) | Spans.of(failed_positions(session, shot))
    live = select(Chunk.spans).where(Chunk.shot_id == shot.id, Chunk.state.in_(LIVE_CHUNK_STATES))
    for spans in session.scalars(live):
        left |= Spans.decode(spans)
    return order.at(left)


def _done_numbers(session: Session, shot_id: int, numbers: Sequence[int]) -> set[int]:
    done = select(Frame.frame).where(
        Frame.shot_id == shot_id, Frame.frame.in_(numbers), Frame.state == FrameState.DONE
    )
    return set(session.scalars(done))
