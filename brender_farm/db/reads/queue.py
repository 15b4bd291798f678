"""What the queue's page shows beside the planner's views: what runs, and what is not in line."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, defer

from brender_farm.db.models import Chunk, Node, Shot
from brender_farm.domain.states import LIVE_CHUNK_STATES, ShotState

_HEAVY = (Shot.frames, Shot.pending, Shot.held, Shot.warnings, Shot.audit)
_IS_LIVE = Chunk.state.in_(LIVE_CHUNK_STATES)
_RUNNING = (
    select(
        Chunk.id,
        Chunk.shot_id,
        Chunk.frames,
        Chunk.frame_count,
        (Chunk.done_count + Chunk.failed_count).label("over_count"),
        func.coalesce(Chunk.started_at, Chunk.sent_at).label("since"),
        Chunk.twin_of,
        Shot.name.label("shot"),
        Shot.priority,
        Node.name.label("node"),
    )
    .join(Node, Node.id == Chunk.node_id)
    .join(Shot, Shot.id == Chunk.shot_id)
    .where(_IS_LIVE)
    .order_by(Chunk.id)
)


def running(session: Session, limit: int) -> list[Row[*tuple[Any, ...]]]:
    """Return the chunks that nodes have, those that were given out first before the others."""
    return list(session.execute(_RUNNING.limit(limit)))


def running_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Chunk).where(_IS_LIVE)) or 0


def shots_by_id(session: Session, shot_ids: Collection[int]) -> dict[int, Shot]:
    """Return these shots without what is long of them."""
    wanted = select(Shot).where(Shot.id.in_(shot_ids)).options(*(defer(c) for c in _HEAVY))
    return {shot.id: shot for shot in session.scalars(wanted)}


def not_in_line(session: Session, limit: int) -> tuple[list[Shot], int]:
    """Return shots that wait for a time or for other shots, and paused ones; and how many."""
    is_out = Shot.state.in_((ShotState.WAITING, ShotState.PAUSED))
    total = session.scalar(select(func.count()).select_from(Shot).where(is_out)) or 0
    wanted = select(Shot).where(is_out).options(*(defer(c) for c in _HEAVY))
    order = (Shot.state.desc(), Shot.priority.desc(), Shot.id)
    return list(session.scalars(wanted.order_by(*order).limit(limit))), total
