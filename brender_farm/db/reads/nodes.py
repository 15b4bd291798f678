"""Reading nodes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Farm, Node, Shot
from brender_farm.domain.states import LIVE_CHUNK_STATES, NodeIntent


def all_nodes(session: Session) -> list[Node]:
    """Return every node, online ones first, then by name."""
    return list(session.scalars(select(Node).order_by(Node.online.desc(), Node.name)))


def tags_of(node: Any) -> tuple[str, ...]:
    """Return the tags of a node, or of a row with the same names: those that people gave it count.

    Without such, those that its own settings say.
    """
    given = node.set_tags
    return tuple(node.facts.get("tags", ()) if given is None else given)


def node_names(session: Session) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select(Node.id, Node.name))}


def known_nodes(session: Session) -> list[Node]:
    """Return every node that was not forgotten, online ones first, then by name."""
    wanted = select(Node).where(Node.is_gone.is_(False))
    return list(session.scalars(wanted.order_by(Node.online.desc(), Node.name)))


def node_named(session: Session, name: str) -> Node | None:
    return session.scalars(select(Node).where(Node.name == name)).one_or_none()


def restart_orders(session: Session) -> dict[str, str]:
    """Return which order to start its Blenders anew each node had last, by node's name."""
    wanted = select(Node.name, Node.restart_asked_at).where(Node.restart_asked_at.is_not(None))
    return {row.name: restart_order(row.restart_asked_at) for row in session.execute(wanted)}


def restart_order(asked_at: datetime) -> str:
    """Return what an order is called that was given at this moment; later ones sort later."""
    return asked_at.astimezone(UTC).isoformat(timespec="microseconds")


def rivals(session: Session) -> list[Row[int, int]]:
    """Return (id, memory_bytes) of the nodes that may be given work now or soon."""
    wanted = select(Node.id, Node.memory_bytes).where(
        Node.online.is_(True), Node.intent == NodeIntent.ENABLED
    )
    return list(session.execute(wanted))


def count_nodes(session: Session) -> int:
    wanted = select(func.count()).select_from(Node).where(Node.is_gone.is_(False))
    return session.scalar(wanted) or 0


def slots_ready(session: Session) -> int:
    """Return how many slots the nodes have that are online and take work."""
    wanted = select(func.sum(Node.slots)).where(
        Node.online.is_(True), Node.intent == NodeIntent.ENABLED
    )
    return session.scalar(wanted) or 0


def nodes_rev(session: Session) -> int:
    return session.scalar(select(Farm.nodes_rev)) or 0


def live_chunks_by_node(session: Session) -> dict[int, dict[int, tuple[Chunk, str]]]:
    """Return each node's live chunks: node id → chunk id → (chunk, shot's name)."""
    found = session.execute(
        select(Chunk, Shot.name)
        .join(Shot, Shot.id == Chunk.shot_id)
        .where(Chunk.state.in_(LIVE_CHUNK_STATES))
        .order_by(Chunk.id)
    )
    by_node: dict[int, dict[int, tuple[Chunk, str]]] = {}
    for chunk, name in found:
        by_node.setdefault(chunk.node_id, {})[chunk.id] = (chunk, name)
    return by_node


def known_blender_versions(session: Session) -> list[str]:
    """Return every Blender version that any known node has."""
    facts = session.scalars(select(Node.facts).where(Node.is_gone.is_(False)))
    return [version for fact in facts for version in fact.get("blender_versions", ())]
