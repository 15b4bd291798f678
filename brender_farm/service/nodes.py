"""Looking at nodes and steering them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from brender_farm.config import read_tags
from brender_farm.db.core import reading, writing
from brender_farm.db.models import Node, Shot
from brender_farm.db.reads import nodes as reads
from brender_farm.db.reads.node_list import live_chunks_of_nodes
from brender_farm.db.writes.chunks import end_chunk, live_chunks_on, wind_down
from brender_farm.db.writes.nodes import (
    ask_for_restart,
    forget_node,
    set_intent,
    store_hours,
    store_tags,
)
from brender_farm.db.writes.samples import forget_samples
from brender_farm.db.writes.shots import roll_up
from brender_farm.domain.hours import EXAMPLE, read_hours
from brender_farm.domain.states import ChunkState, NodeIntent, target_of
from brender_farm.errors import ActionRefused, Fault, NotFound, RequestRefused
from brender_farm.service.edit_tags import node_tag, require_unchanged
from brender_farm.service.messages import Orders, announce
from brender_farm.service.shapes.nodes import NodeList, NodeRow
from brender_farm.service.views import node_row


def list_nodes() -> NodeList:
    """Return all nodes with what they render, online ones first."""
    now = datetime.now(UTC)
    with reading() as session:
        chunks = reads.live_chunks_by_node(session)
        nodes = reads.known_nodes(session)
        rows = tuple(node_row(node, chunks.get(node.id, {}), now) for node in nodes)
        return NodeList(rows=rows, tag=str(reads.nodes_rev(session)))


def nodes_tag() -> str:
    """Return a tag that changes when anything of any node does."""
    with reading() as session:
        return str(reads.nodes_rev(session))


def count_nodes() -> int:
    """Return how many nodes are known."""
    with reading() as session:
        return reads.count_nodes(session)


def get_node(node_id: int) -> NodeRow:
    """Return one node with what it renders. Raises NotFound."""
    with reading() as session:
        return _row(session, _find(session, node_id), datetime.now(UTC))


def act_on_node(
    node_id: int, action: str, *, actor: str, reason: str = "", kill: bool = False, tag: str = ""
) -> NodeRow:
    """Enable, drain or disable a node.

    Draining lets it finish its chunks, disabling only its current frames; with `kill` those are
    ended at once and rendered elsewhere. Raises NotFound, ActionRefused with what is allowed, and
    ChangedMeanwhile when what is set of it has another tag.
    """
    now = datetime.now(UTC)
    with writing() as session:
        node = _unchanged(session, node_id, tag, now)
        target = target_of(action, node.intent)
        set_intent(session, node, target, now=now, actor=actor, reason=reason)
        node.bans_in_row = 0
        orders = _take_work(session, node, kill, now) if target is NodeIntent.DISABLED else Orders()
        row = _row(session, node, now)
    announce(orders)
    return row


def set_hours(node_id: int, text: str, *, actor: str, tag: str = "") -> NodeRow:
    """Say when a node takes new work: `mon-fri 19:00-08:00, sat-sun`; empty or `always`: always.

    Outside its hours it finishes what it has. Raises NotFound, RequestRefused, and
    ChangedMeanwhile when what is set of it has another tag.
    """
    hours, now = _read_hours(text), datetime.now(UTC)
    with writing() as session:
        node = _unchanged(session, node_id, tag, now)
        store_hours(session, node, hours, now=now, actor=actor)
        row = _row(session, node, now)
    announce()
    return row


def set_tags(node_id: int, text: str | None, *, actor: str, tag: str = "") -> NodeRow:
    """Give a node tags with commas between, which count instead of its own; None: its own again.

    What it renders it finishes. Raises NotFound, RequestRefused, and ChangedMeanwhile when what is
    set of it has another tag.
    """
    tags, now = None if text is None else _read_tags(text), datetime.now(UTC)
    with writing() as session:
        node = _unchanged(session, node_id, tag, now)
        store_tags(session, node, tags, now=now, actor=actor)
        row = _row(session, node, now)
    announce()
    return row


def restart_blenders(node_id: int, *, actor: str) -> NodeRow:
    """Have a node start its Blenders anew: those that idle at once, others after their frame.

    Nothing of its work is lost. A node that is offline does it when it is back. Raises NotFound.
    """
    now = datetime.now(UTC)
    with writing() as session:
        node = _find(session, node_id)
        ask_for_restart(session, node, now=now, actor=actor)
        order = reads.restart_order(node.restart_asked_at or now)
        row = _row(session, node, now)
    announce(Orders(restart={row.name: order}))
    return row


def forget(node_id: int, *, actor: str, reason: str = "") -> None:
    """Have the farm forget a node that is gone for good; what it rendered keeps its name.

    Should it send a heartbeat again, it is back as a new one. Raises NotFound, and ActionRefused
    while it is online or has chunks.
    """
    with writing() as session:
        node = _find(session, node_id)
        _require_gone(session, node)
        forget_node(session, node, now=datetime.now(UTC), actor=actor, reason=reason)
        forget_samples(session, node_id)
    announce()


def _require_gone(session: Session, node: Node) -> None:
    if node.online:
        raise ActionRefused(f"{node.name} is online: stop its process first.")
    if live_chunks_on(session, node.id):
        raise ActionRefused(
            f"{node.name} still has chunks: they go back in a moment, then try again."
        )


def _read_tags(text: str) -> tuple[str, ...]:
    try:
        return read_tags(text)
    except ValueError as error:
        fault = Fault(field="tags", message=f"{error}".capitalize(), remedy="Example: gpu, fast")
        raise RequestRefused(fault) from None


def _read_hours(text: str) -> str:
    """Return hours as they are written best; empty: always."""
    try:
        hours = read_hours(text)
    except ValueError as error:
        raise RequestRefused(
            Fault(field="hours", message=str(error), remedy=f"Example: {EXAMPLE}")
        ) from None
    return str(hours) if hours.windows else ""


def _row(session: Session, node: Node, now: datetime) -> NodeRow:
    return node_row(node, live_chunks_of_nodes(session, [node.id]).get(node.id, {}), now)


def _unchanged(session: Session, node_id: int, tag: str, now: datetime) -> Node:
    """Return a node of which nobody has set anything since it had this tag."""
    node = _find(session, node_id)
    if tag:
        require_unchanged(tag, node_tag(_row(session, node, now)))
    return node


def _find(session: Session, node_id: int) -> Node:
    node = session.get(Node, node_id)
    if node is None or node.is_gone:
        raise NotFound(f"There is no node {node_id} on this farm.")
    return node


def _take_work(session: Session, node: Node, kill: bool, now: datetime) -> Orders:
    """Take a disabled node's chunks away: after its current frames, or at once."""
    chunks = live_chunks_on(session, node.id)
    if not kill:
        return Orders(finish=wind_down(chunks))
    for chunk in chunks:
        shot = session.get_one(Shot, chunk.shot_id)
        why = "Its node was disabled."
        end_chunk(session, chunk, shot, ChunkState.RETURNED, now=now, reason=why)
        roll_up(session, shot, now=now)
    return Orders(stop={chunk.id: node.id for chunk in chunks})
