"""What has to be known, beside the planner's views, to say why a shot waits or a node idles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Farm, Node, Shot
from brender_farm.db.reads.planning import NODE_COLUMNS
from brender_farm.domain.states import (
    LIVE_CHUNK_STATES,
    UNFINISHED_SHOT_STATES,
    NodeIntent,
    ShotState,
)

_NODES = select(
    *NODE_COLUMNS,
    Node.intent,
    Node.reason,
    Node.online,
    Node.accepting,
    Node.trouble,
    Node.last_seen_at,
)
_PERHAPS_AWAY = _NODES.where(
    Node.is_gone.is_(False),
    or_(
        Node.online.is_(False),
        Node.accepting.is_(False),
        Node.intent != NodeIntent.ENABLED,
        Node.hours != "",
    ),
)
_RUNNING = (
    select(
        Chunk.shot_id,
        Chunk.frame_count,
        Chunk.done_count,
        Chunk.failed_count,
        Chunk.started_at,
        Node.name,
        Node.speed,
        Shot.priority,
        Shot.measured_count,
        Shot.work_seconds,
        Shot.limit_names,
    )
    .join(Node, Node.id == Chunk.node_id)
    .join(Shot, Shot.id == Chunk.shot_id)
    .where(Chunk.state.in_(LIVE_CHUNK_STATES))
)


def perhaps_away(session: Session) -> Sequence[Any]:
    """Return the nodes that take no work now, and those that have hours."""
    return session.execute(_PERHAPS_AWAY).all()


def node_by_id(session: Session, node_id: int) -> Any:
    """Return one node with the same columns; None: there is no such."""
    return session.execute(_NODES.where(Node.id == node_id, Node.is_gone.is_(False))).one_or_none()


def node_by_name(session: Session, name: str) -> Any:
    """Return the node of this name with the same columns; None: there is no such."""
    return session.execute(_NODES.where(Node.name == name, Node.is_gone.is_(False))).one_or_none()


def running_chunks(session: Session) -> Sequence[Any]:
    """Return every live chunk with what is needed of its shot and node."""
    return session.execute(_RUNNING).all()


def counts_of_unfinished(session: Session) -> dict[ShotState, int]:
    """Return how many unfinished shots there are in each state."""
    wanted = select(Shot.state, func.count()).where(Shot.state.in_(UNFINISHED_SHOT_STATES))
    return {state: count for state, count in session.execute(wanted.group_by(Shot.state))}  # noqa: C416


def last_pass(session: Session) -> Any:
    """Return when the scheduler last passed, and why it could not reach the broker."""
    return session.execute(select(Farm.pass_at, Farm.broker_trouble)).one()
