"""Looking at nodes and steering them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Node, Shot
from brender_farm.db.reads import nodes as reads
from brender_farm.db.writes.chunks import end_chunk, live_chunks_on, wind_down
from brender_farm.db.writes.nodes import set_intent, store_hours
from brender_farm.db.writes.shots import roll_up
from brender_farm.domain.hours import EXAMPLE, read_hours
from brender_farm.domain.states import ChunkState, NodeIntent, target_of
from brender_farm.errors import Fault, NotFound, RequestRefused
from brender_farm.service.messages import Orders, announce
from brender_farm.service.shapes.nodes import NodeList, NodeRow
from brender_farm.service.views import node_row


def list_nodes() -> NodeList:
    """Return all nodes with what they render, online ones first."""
    now = datetime.now(UTC)
    with reading() as session:
        chunks = reads.live_chunks_by_node(session)
        nodes = reads.all_nodes(session)
        rows = tuple(node_row(node, chunks.get(node.id, {}), now) for node in nodes)
        return NodeList(rows=rows, tag=str(reads.nodes_rev(session)))


def nodes_tag() -> str:
    """Return a tag that changes when anything of any node does."""
    with reading() as session:
        return str(reads.nodes_rev(session))


def act_on_node(
    node_id: int, action: str, *, actor: str, reason: str = "", kill: bool = False
) -> NodeRow:
    """Enable, drain or disable a node.

    Draining lets it finish its chunks, disabling only its current frames; with `kill` those are
    ended at once and rendered elsewhere. Raises NotFound, and ActionRefused with what is allowed.
    """
    now = datetime.now(UTC)
    with writing() as session:
        node = _find(session, node_id)
        target = target_of(action, node.intent)
        set_intent(session, node, target, now=now, actor=actor, reason=reason)
        node.bans_in_row = 0
        orders = _take_work(session, node, kill, now) if target is NodeIntent.DISABLED else Orders()
        row = _row(session, node, now)
    announce(orders)
    return row


def set_hours(node_id: int, text: str, *, actor: str) -> NodeRow:
    """Say when a node takes new work: `mon-fri 19:00-08:00, sat-sun`; empty or `always`: always.

    Outside its hours it finishes what it has. Raises NotFound and RequestRefused.
    """
    hours, now = _read_hours(text), datetime.now(UTC)
    with writing() as session:
        node = _find(session, node_id)
        store_hours(session, node, hours, now=now, actor=actor)
        row = _row(session, node, now)
    announce()
    return row


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
    return node_row(node, reads.live_chunks_by_node(session).get(node.id, {}), now)


def _find(session: Session, node_id: int) -> Node:
    node = session.get(Node, node_id)
    if node is None:
        raise NotFound(f"There is no node {node_id}.")
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
