"""Reading the keys of nodes."""

from __future__ import annotations

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Node, NodeKey


def all_node_keys(session: Session) -> list[NodeKey]:
    """Return every key, revoked ones as well, by the node's name."""
    return list(session.scalars(select(NodeKey).order_by(NodeKey.name)))


def node_key(session: Session, name: str) -> NodeKey | None:
    return session.get(NodeKey, name)


def keys_and_boots(session: Session) -> list[Row[str, str, object, str]]:
    """Return (name, secret, revoked_at, boot) of every key; boot is None of nodes never seen."""
    wanted = select(NodeKey.name, NodeKey.secret, NodeKey.revoked_at, Node.boot)
    return list(session.execute(wanted.outerjoin(Node, Node.name == NodeKey.name)))
