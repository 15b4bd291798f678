"""Looking at nodes and steering them."""

from __future__ import annotations

from datetime import UTC, datetime

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Node
from brender_farm.db.reads import nodes as reads
from brender_farm.db.writes.events import add_event
from brender_farm.db.writes.nodes import touch_nodes
from brender_farm.domain.states import NodeIntent, target_of
from brender_farm.errors import NotFound
from brender_farm.service.messages import announce
from brender_farm.service.shapes import NodeList, NodeRow
from brender_farm.service.views import node_row


def list_nodes() -> NodeList:
    """Return all nodes with what they render, online ones first."""
    with reading() as session:
        chunks = reads.live_chunks_by_node(session)
        rows = tuple(node_row(node, chunks.get(node.id, {})) for node in reads.all_nodes(session))
        return NodeList(rows=rows, tag=str(reads.nodes_rev(session)))


def nodes_tag() -> str:
    """Return a tag that changes when anything of any node does."""
    with reading() as session:
        return str(reads.nodes_rev(session))


def act_on_node(node_id: int, action: str, *, actor: str, reason: str = "") -> NodeRow:
    """Enable, drain or disable a node.

    Draining and disabling give it nothing new; what it renders, it finishes. Raises NotFound,
    and ActionRefused with what is allowed.
    """
    with writing() as session:
        node = session.get(Node, node_id)
        if node is None:
            raise NotFound(f"There is no node {node_id}.")
        target = target_of(action, node.intent)
        add_event(
            session,
            at=datetime.now(UTC),
            actor=actor,
            subject="node",
            subject_id=node.id,
            from_state=node.intent,
            to_state=target,
            reason=reason,
        )
        node.intent = target
        node.reason = "" if target is NodeIntent.ENABLED else reason
        touch_nodes(session)
        row = node_row(node, reads.live_chunks_by_node(session).get(node.id, {}))
    announce()
    return row
