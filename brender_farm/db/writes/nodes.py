"""Changing nodes. All of these run inside `writing()`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.changes import changes_of
from brender_farm.db.models import Farm, Node
from brender_farm.db.writes.events import add_event
from brender_farm.domain.hours import ALWAYS
from brender_farm.domain.states import NodeIntent

_COUNT_A_CHANGE = update(Farm).values(nodes_rev=Farm.nodes_rev + 1)


def touch_nodes(session: Session) -> None:
    """Tell open pages and the scheduler's desk that something about the nodes has changed."""
    changes = changes_of(session)
    if not changes.nodes_counted:
        # Past the session, which would first write every change so far.
        session.connection().execute(_COUNT_A_CHANGE)
        changes.nodes_counted = True


def store_heartbeat(session: Session, node: Node, beat: wire.Heartbeat, now: datetime) -> None:
    """Keep what a node says of itself, and bring it online if it was not."""
    node.boot, node.slots, node.accepting = beat.boot, beat.slots, beat.accepting
    node.trouble, node.warm = beat.trouble, beat.warm
    node.claims = [wire.write(claim) for claim in beat.claims]
    node.unwell = {each.folder: each.reason for each in beat.unwell}
    node.facts, node.sample = wire.write(beat.facts), wire.write(beat.sample)
    node.memory_bytes = beat.facts.memory_bytes
    node.last_seen_at = now
    if beat.leaving:
        take_offline(session, node, now=now, reason="It was stopped.")
    elif not node.online:
        _go(session, node, online=True, now=now, reason="It sends heartbeats.")


def add_node(session: Session, beat: wire.Heartbeat, now: datetime) -> Node:
    """Make a node known at its first heartbeat."""
    node = Node(
        name=beat.node,
        intent=NodeIntent.ENABLED,
        online=False,
        accepting=False,
        boot="",
        slots=beat.slots,
        facts={},
        sample={},
        first_seen_at=now,
        last_seen_at=now,
    )
    session.add(node)
    session.flush()
    return node


def take_offline(session: Session, node: Node, *, now: datetime, reason: str) -> None:
    node.claims, node.warm, node.accepting = [], [], False
    if node.online:
        _go(session, node, online=False, now=now, reason=reason)


def set_intent(
    session: Session, node: Node, intent: NodeIntent, *, now: datetime, actor: str, reason: str
) -> None:
    """Change what is wanted of a node, and store the event."""
    add_event(
        session,
        at=now,
        actor=actor,
        subject="node",
        subject_id=node.id,
        from_state=node.intent,
        to_state=intent,
        reason=reason,
    )
    node.intent = intent
    node.reason = "" if intent is NodeIntent.ENABLED else reason
    touch_nodes(session)


def store_hours(session: Session, node: Node, hours: str, *, now: datetime, actor: str) -> None:
    """Change when a node takes new work, and store the event."""
    if hours == node.hours:
        return
    add_event(
        session,
        at=now,
        actor=actor,
        subject="node",
        subject_id=node.id,
        from_state=node.intent,
        to_state=node.intent,
        reason=f"Hours: {node.hours or ALWAYS} → {hours or ALWAYS}.",
    )
    node.hours = hours
    touch_nodes(session)


def stop_accepting(session: Session, node_id: int) -> None:
    """Plan nothing for a node until its next heartbeat says otherwise."""
    session.get_one(Node, node_id).accepting = False
    touch_nodes(session)


def _go(session: Session, node: Node, *, online: bool, now: datetime, reason: str) -> None:
    words = ("offline", "online")
    add_event(
        session,
        at=now,
        actor="farm",
        subject="node",
        subject_id=node.id,
        from_state=words[node.online],
        to_state=words[online],
        reason=reason,
    )
    node.online = online
