"""Reading nodes."""

from __future__ import annotations

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Farm, Node, Shot
from brender_farm.domain.states import LIVE_CHUNK_STATES, NodeIntent


def all_nodes(session: Session) -> list[Node]:
    """Return every node, online ones first, then by name."""
    return list(session.scalars(select(Node).order_by(Node.online.desc(), Node.name)))


def node_names(session: Session) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select(Node.id, Node.name))}


def node_named(session: Session, name: str) -> Node | None:
    return session.scalars(select(Node).where(Node.name == name)).one_or_none()


def rivals(session: Session) -> list[Row[int, int]]:
    """Return (id, memory_bytes) of the nodes that may be given work now or soon."""
    wanted = select(Node.id, Node.memory_bytes).where(
        Node.online.is_(True), Node.intent == NodeIntent.ENABLED
    )
    return list(session.execute(wanted))


def count_nodes(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Node)) or 0


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
    facts = session.scalars(select(Node.facts))
    return [version for fact in facts for version in fact.get("blender_versions", ())]
