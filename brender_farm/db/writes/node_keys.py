"""Making and revoking the keys of nodes. All of these run inside `writing()`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm.db.models import NodeKey
from brender_farm.db.reads.nodes import node_named
from brender_farm.db.writes.events import add_event


def store_key(session: Session, name: str, secret: str, *, now: datetime, actor: str) -> NodeKey:
    """Give a node a key, in the place of a revoked one."""
    key = session.get(NodeKey, name)
    if key is None:
        key = NodeKey(name=name)
        session.add(key)
    key.secret, key.made_by, key.created_at, key.revoked_at = secret, actor, now, None
    _note(session, name, f"Node {name} was given a key.", now=now, actor=actor)
    return key


def revoke_key(session: Session, key: NodeKey, *, now: datetime, actor: str) -> None:
    """End a key; what it sealed is believed no more."""
    key.revoked_at = now
    _note(session, key.name, f"The key of node {key.name} was revoked.", now=now, actor=actor)


def _note(session: Session, name: str, said: str, *, now: datetime, actor: str) -> None:
    node = node_named(session, name)
    add_event(
        session,
        at=now,
        actor=actor,
        subject="node",
        subject_id=node.id if node is not None else 0,
        from_state="",
        to_state="",
        reason=said,
    )
