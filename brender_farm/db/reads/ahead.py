"""What a forecast looks at beside the planner's nodes and limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session, defer

from brender_farm.db.models import Chunk, Dependency, Node, Shot
from brender_farm.domain.states import LIVE_CHUNK_STATES, UNFINISHED_SHOT_STATES, ShotState

GOING_STATES = frozenset(UNFINISHED_SHOT_STATES) - {ShotState.PAUSED}
"""Of shots that go on by themselves."""
_IS_LIVE = Chunk.state.in_(LIVE_CHUNK_STATES)
_WITH_CHUNKS = select(Chunk.shot_id).where(_IS_LIVE)
_SHOTS = (
    select(Shot)
    .where(or_(Shot.state.in_(GOING_STATES), Shot.id.in_(_WITH_CHUNKS)))
    .options(*(defer(c) for c in (Shot.frames, Shot.pending, Shot.held, Shot.warnings, Shot.audit)))
    .order_by(Shot.id)
)
_CHUNKS = (
    select(
        Chunk.shot_id,
        Chunk.frame_count,
        (Chunk.done_count + Chunk.failed_count).label("over_count"),
        Chunk.started_at,
        Node.name,
        Node.speed,
    )
    .join(Node, Node.id == Chunk.node_id)
    .where(_IS_LIVE)
    .order_by(Chunk.id)
)
_WAITS = (
    select(Dependency.shot_id, Dependency.after_id, Dependency.by_frame)
    .join(Shot, Shot.id == Dependency.after_id)
    .where(Shot.state != ShotState.COMPLETED)
)
_LATEST_PACES = (
    select(Shot.work_seconds / Shot.measured_count)
    .where(Shot.measured_count > 0, Shot.work_seconds > 0)
    .order_by(Shot.id.desc())
    .limit(50)
)


def shots_ahead(session: Session) -> Sequence[Shot]:
    """Return the shots that go on by themselves, and all that have chunks on nodes."""
    return session.scalars(_SHOTS).all()


def running_chunks(session: Session) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the live chunks: shot_id, frame_count, over_count, started_at, node's name, speed."""
    return session.execute(_CHUNKS).all()


def unmet_waits(session: Session) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return which shot comes after which that is not completed: shot_id, after_id, by_frame."""
    return session.execute(_WAITS).all()


def latest_paces(session: Session) -> list[float]:
    """Return the seconds per frame, on a node of speed 1, of the newest shots that have any."""
    return list(session.scalars(_LATEST_PACES))
