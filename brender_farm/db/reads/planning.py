"""What the planner looks at, read from the database."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Node, Shot
from brender_farm.domain.planning import NodeView, ShotView
from brender_farm.domain.states import ACTIVE_SHOT_STATES, LIVE_CHUNK_STATES, NodeIntent


def node_views(session: Session) -> dict[str, NodeView]:
    """Return the nodes that may take work, by name, with their free slots."""
    busy = _live_by(session, Chunk.node_id)
    found = session.execute(
        select(Node.id, Node.name, Node.slots, Node.facts, Node.warm).where(
            Node.online.is_(True), Node.accepting.is_(True), Node.intent == NodeIntent.ENABLED
        )
    )
    return {
        row.name: NodeView(
            name=row.name,
            slots=row.slots,
            free_slots=row.slots - busy.get(row.id, 0),
            blender_versions=tuple(row.facts.get("blender_versions", ())),
            warm=frozenset(row.warm),
        )
        for row in found
    }


def shot_views(session: Session) -> list[ShotView]:
    """Return the shots that have frames to give away."""
    busy = _live_by(session, Chunk.shot_id)
    found = session.execute(
        select(
            Shot.id,
            Shot.priority,
            Shot.submitter,
            Shot.blend,
            Shot.blend_version,
            Shot.pending_count,
            Shot.chunk_size,
            Shot.measured_count,
            Shot.render_seconds,
        ).where(Shot.state.in_(ACTIVE_SHOT_STATES), Shot.pending_count > 0)
    )
    return [
        ShotView(
            id=row.id,
            priority=row.priority,
            submitter=row.submitter,
            blend=row.blend,
            blend_version=row.blend_version,
            pending_count=row.pending_count,
            chunk_size=row.chunk_size,
            seconds_per_frame=(
                row.render_seconds / row.measured_count if row.measured_count else None
            ),
            busy_slots=busy.get(row.id, 0),
        )
        for row in found
    ]


def _live_by(session: Session, column: object) -> dict[int, int]:
    found = session.execute(
        select(column, func.count()).where(Chunk.state.in_(LIVE_CHUNK_STATES)).group_by(column)  # type: ignore[call-overload]
    )
    return {key: count for key, count in found}  # noqa: C416
