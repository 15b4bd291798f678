"""Reading a list of nodes: little of all of them, and all of those that a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Node, Shot, WorkHour
from brender_farm.domain.states import LIVE_CHUNK_STATES

_BRIEF = select(
    Node.id,
    Node.name,
    Node.intent,
    Node.online,
    Node.trouble,
    Node.bans_in_row,
    Node.hours,
    Node.unwell,
    Node.slots,
    Node.facts,
    Node.set_tags,
    Node.last_seen_at,
).where(Node.is_gone.is_(False))
_WITH_SAMPLE = _BRIEF.add_columns(Node.sample)
_BUSY = (
    select(Chunk.node_id, func.count())
    .where(Chunk.state.in_(LIVE_CHUNK_STATES))
    .group_by(Chunk.node_id)
)


def brief_nodes(session: Session, *, with_sample: bool = False) -> Sequence[Any]:
    """Return what filters and orders go by of every node, as rows with the columns' names.

    Its figures are among them only when asked for: reading those costs as much as all the rest.
    """
    wanted = _WITH_SAMPLE if with_sample else _BRIEF
    return session.execute(wanted.order_by(Node.online.desc(), Node.name)).all()


def busy_slots(session: Session) -> dict[int, int]:
    """Return how many live chunks each node has, by its id; none: not in it."""
    return {node_id: count for node_id, count in session.execute(_BUSY)}  # noqa: C416


def nodes_by_id(session: Session, ids: Sequence[int]) -> list[Node]:
    """Return these nodes in this order."""
    found = {node.id: node for node in session.scalars(select(Node).where(Node.id.in_(ids)))}
    return [found[node_id] for node_id in ids if node_id in found]


def live_chunks_of_nodes(
    session: Session, ids: Sequence[int]
) -> dict[int, dict[int, tuple[Chunk, str]]]:
    """Return the live chunks of these nodes: node id → chunk id → (chunk, shot's name)."""
    found = session.execute(
        select(Chunk, Shot.name)
        .join(Shot, Shot.id == Chunk.shot_id)
        .where(Chunk.state.in_(LIVE_CHUNK_STATES), Chunk.node_id.in_(ids))
        .order_by(Chunk.id)
    )
    by_node: dict[int, dict[int, tuple[Chunk, str]]] = {}
    for chunk, name in found:
        by_node.setdefault(chunk.node_id, {})[chunk.id] = (chunk, name)
    return by_node


def work_of_nodes(
    session: Session, since: datetime, ids: Sequence[int] | None = None
) -> list[Row[int, int, int, datetime]]:
    """Return (node's id, frames done, tries failed, first hour) of the hours since then.

    None: of all nodes. The first hour is that in which it first did something.
    """
    wanted = select(
        WorkHour.node_id,
        func.sum(WorkHour.done_count).label("done_count"),
        func.sum(WorkHour.failed_count).label("failed_count"),
        func.min(WorkHour.at).label("first_at"),
    ).where(WorkHour.at >= since)
    if ids is not None:
        wanted = wanted.where(WorkHour.node_id.in_(ids))
    return list(session.execute(wanted.group_by(WorkHour.node_id)))
