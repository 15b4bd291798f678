"""Changing nodes. All of these run inside `writing()`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.changes import changes_of
from brender_farm.db.models import Farm, Node
from brender_farm.db.reads.nodes import tags_of
from brender_farm.db.writes.events import add_event
from brender_farm.domain.hours import ALWAYS
from brender_farm.domain.news import GOODBYE
from brender_farm.domain.path_mapping import Root, system_of, to_farm
from brender_farm.domain.states import NodeIntent

_COUNT_A_CHANGE = update(Farm).values(nodes_rev=Farm.nodes_rev + 1)


def touch_nodes(session: Session) -> None:
    """Tell open pages and the scheduler's desk that something about the nodes has changed."""
    changes = changes_of(session)
    if not changes.nodes_counted:
        # Past the session, which would first write every change so far.
        session.connection().execute(_COUNT_A_CHANGE)
        changes.nodes_counted = True


def store_heartbeat(
    session: Session,
    node: Node,
    beat: wire.Heartbeat,
    now: datetime,
    roots: Sequence[Root] = (),
) -> None:
    """Keep what a node says of itself, and bring it online if it was not.

    Its paths are kept as the farm sees them: `roots` are those of the shows.
    """
    system, node.is_gone = system_of(beat.facts.os), False
    node.boot, node.slots, node.accepting = beat.boot, beat.slots, beat.accepting
    node.trouble = beat.trouble
    node.warm = [to_farm(path, roots, system) for path in beat.warm]
    node.claims = [wire.write(claim) for claim in beat.claims]
    node.unwell = {to_farm(each.folder, roots, system): each.reason for each in beat.unwell}
    node.facts, node.sample = wire.write(beat.facts), wire.write(beat.sample)
    node.memory_bytes = beat.facts.memory_bytes
    node.last_seen_at = now
    if beat.leaving:
        take_offline(session, node, now=now, reason=GOODBYE)
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
    words = f"Hours: {node.hours or ALWAYS} → {hours or ALWAYS}."
    _note(session, node, now=now, actor=actor, reason=words)
    node.hours = hours
    touch_nodes(session)


def store_tags(
    session: Session, node: Node, tags: Sequence[str] | None, *, now: datetime, actor: str
) -> None:
    """Give a node tags, None: its own again, and store the event."""
    given = None if tags is None else list(tags)
    if given == node.set_tags:
        return
    before = tags_of(node)
    node.set_tags = given
    own = " (its own)" if given is None else ""
    _note(
        session,
        node,
        now=now,
        actor=actor,
        reason=f"Tags: {', '.join(before) or 'none'} → {', '.join(tags_of(node)) or 'none'}{own}.",
    )
    touch_nodes(session)


def ask_for_restart(session: Session, node: Node, *, now: datetime, actor: str) -> None:
    """Ask a node to start its Blenders anew, and store the event."""
    before = node.restart_asked_at
    # A clock that was set back must not make the new order older than the last one.
    node.restart_asked_at = max(now, before + timedelta(microseconds=1)) if before else now
    _note(session, node, now=now, actor=actor, reason="Its Blenders start anew.")
    touch_nodes(session)


def forget_node(session: Session, node: Node, *, now: datetime, actor: str, reason: str) -> None:
    """Hide a node that is offline, drop what people set of it, and store the event.

    Its row stays for the chunks that it rendered. Should it come back, it is as a new one.
    """
    add_event(
        session,
        at=now,
        actor=actor,
        subject="node",
        subject_id=node.id,
        from_state=node.intent,
        to_state="forgotten",
        reason=reason,
    )
    node.is_gone = True
    node.intent, node.reason, node.bans_in_row = NodeIntent.ENABLED, "", 0
    node.hours, node.set_tags, node.restart_asked_at = "", None, None
    touch_nodes(session)


def stop_accepting(session: Session, node_id: int) -> None:
    """Plan nothing for a node until its next heartbeat says otherwise."""
    session.get_one(Node, node_id).accepting = False
    touch_nodes(session)


def _note(session: Session, node: Node, *, now: datetime, actor: str, reason: str) -> None:
    """Store an event that leaves the node's state as it is."""
    add_event(
        session,
        at=now,
        actor=actor,
        subject="node",
        subject_id=node.id,
        from_state=node.intent,
        to_state=node.intent,
        reason=reason,
    )


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
