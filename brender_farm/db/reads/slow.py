"""Reading frames that take longer than others: those that render now, and finished ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Frame, Node, Shot
from brender_farm.domain.slow import ENOUGH_FRAMES, LEAST_S, NEIGHBOURS
from brender_farm.domain.states import UNFINISHED_SHOT_STATES, ChunkState, FrameState

_SHOTS = 50
_FRAMES = 100_000
"""No more finished frames are looked at."""
_UNDER_WAY = (
    select(
        Chunk.id,
        Chunk.shot_id,
        Chunk.node_id,
        Shot.name.label("shot_name"),
        Shot.submitter,
        Shot.state.label("shot_state"),
        Shot.output_dir,
        Shot.work_seconds,
        Shot.measured_count,
        Node.name.label("node"),
        Node.speed,
        Node.claims,
        Node.last_seen_at,
    )
    .join(Shot, Shot.id == Chunk.shot_id)
    .join(Node, Node.id == Chunk.node_id)
    .where(
        Chunk.state == ChunkState.RENDERING,
        Node.online.is_(True),
        Shot.measured_count >= ENOUGH_FRAMES,
    )
    .order_by(Chunk.started_at)
)


def under_way(session: Session, since: datetime) -> list[Any]:
    """Return the chunks that began before `since` and render a frame of which the usual is known.

    As rows of the chunk, and what of its shot and node tells whether its frame takes too long.
    """
    return list(session.execute(_UNDER_WAY.where(Chunk.started_at < since)).all())


def long_frames(session: Session, factor: float, since: datetime, limit: int) -> list[Any]:
    """Return finished frames that took `factor` times the mean of their shot, the worst first.

    Of the newest 50 shots that are unfinished or were finished after `since`. As rows of shot_id,
    shot_name, submitter, shot_state, frame, chunk_id, node (its name), speed, seconds and at.
    """
    mean = Shot.render_seconds / Shot.measured_count
    found = session.execute(
        select(
            Frame.shot_id,
            Shot.name.label("shot_name"),
            Shot.submitter,
            Shot.state.label("shot_state"),
            Frame.frame,
            Frame.chunk_id,
            Node.name.label("node"),
            Node.speed,
            Frame.seconds,
            Frame.at,
        )
        .join(Shot, Shot.id == Frame.shot_id)
        .join(Chunk, Chunk.id == Frame.chunk_id)
        .join(Node, Node.id == Chunk.node_id)
        .where(
            Frame.shot_id.in_(_recent_shots(session, since)),
            Frame.state == FrameState.DONE,
            Frame.seconds > factor * mean,
            Frame.seconds > mean + LEAST_S,
        )
        .order_by((Frame.seconds / mean).desc(), Frame.shot_id, Frame.frame)
        .limit(limit)
    )
    return list(found.all())


def work_beside(
    session: Session, frames: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], float]:
    """Return what a node of speed 1 would take for these frames' neighbours, by (shot, frame).

    The frames themselves are among them.
    """
    near = [
        and_(
            Frame.shot_id == shot_id, Frame.frame.between(number - NEIGHBOURS, number + NEIGHBOURS)
        )
        for shot_id, number in frames
    ]
    if not near:
        return {}
    found = session.execute(
        select(Frame.shot_id, Frame.frame, Frame.seconds * Node.speed)
        .join(Chunk, Chunk.id == Frame.chunk_id)
        .join(Node, Node.id == Chunk.node_id)
        .where(or_(*near), Frame.state == FrameState.DONE, Frame.seconds.is_not(None))
    )
    return {(shot_id, number): work or 0.0 for shot_id, number, work in found}


def _recent_shots(session: Session, since: datetime) -> list[int]:
    is_recent = or_(Shot.state.in_(UNFINISHED_SHOT_STATES), Shot.finished_at >= since)
    wanted = (
        select(Shot.id, Shot.measured_count)
        .where(is_recent, Shot.measured_count > ENOUGH_FRAMES)
        .order_by(Shot.id.desc())
        .limit(_SHOTS)
    )
    ids, room = [], _FRAMES
    for shot_id, frame_count in session.execute(wanted):
        if frame_count <= room:
            ids.append(shot_id)
            room -= frame_count
    return ids
