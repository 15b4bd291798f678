"""One node with all that is known of it: what it renders, did, failed, and why it idles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from brender_farm.db.core import reading
from brender_farm.db.models import Node
from brender_farm.db.reads import node_list as reads
from brender_farm.db.reads.nodes import node_named
from brender_farm.db.reads.overview import farm_tag, newest_frames
from brender_farm.db.reads.shots import events_of
from brender_farm.db.reads.work import hours_of_node
from brender_farm.errors import NotFound
from brender_farm.service.failures import list_failures
from brender_farm.service.latest import latest_frame
from brender_farm.service.node_list import pace_of_nodes
from brender_farm.service.overview import StripFrame, strip_frame
from brender_farm.service.shapes.farm import EventRow
from brender_farm.service.shapes.frames import FrameCell
from brender_farm.service.shapes.nodes import NodePace, NodeRow, NodeWork
from brender_farm.service.shapes.stuck import Failure
from brender_farm.service.shapes.why import NodeWhy
from brender_farm.service.statistics import HOURS_A_DAY, WorkSum
from brender_farm.service.views import event_row, node_row
from brender_farm.service.why import why_node

STRIP_FRAMES = 12
EVENTS_SHOWN = 15
FAILURES_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPicture:
    """What a node renders now, and the frame of that shot that was finished last."""

    work: NodeWork
    latest: FrameCell | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDetail:
    """A node's page."""

    row: NodeRow
    works: tuple[WorkPicture, ...]
    why: NodeWhy
    strip: tuple[StripFrame, ...]
    """The frames that it finished last, newest first."""
    hours: tuple[WorkSum, ...]
    """Its last 24 hours, oldest first; the last one is not over yet."""
    pace: NodePace
    failures: tuple[Failure, ...]
    """Frames that failed last on it, newest first."""
    events: tuple[EventRow, ...]
    """Newest first."""
    tag: str
    """Changes when a node or a shot does."""


def node_called(name: str) -> NodeRow:
    """Return the node of this name, or of this number. Raises NotFound."""
    with reading() as session:
        return _row(session, _require(session, name), datetime.now(UTC))


def node_detail(name: str) -> NodeDetail:
    """Return all that is known of the node of this name, or number. Raises NotFound."""
    now = datetime.now(UTC)
    with reading() as session:
        node = _require(session, name)
        row, node_id = _row(session, node, now), node.id
        tag = farm_tag(session)
        strip = tuple(map(strip_frame, newest_frames(session, STRIP_FRAMES, node_id)))
        hours = _hours(session, node_id, now)
        pace = pace_of_nodes(session, [node_id], now=now).get(node_id, NodePace())
        found = events_of(session, "node", node_id, EVENTS_SHOWN)
        events = tuple(event_row(event) for event in found)
    return NodeDetail(
        row=row,
        works=tuple(WorkPicture(work=work, latest=latest_frame(work.shot_id)) for work in row.work),
        why=why_node(node_id),
        strip=strip,
        hours=hours,
        pace=pace,
        failures=list_failures(FAILURES_SHOWN, node_id).rows,
        events=events,
        tag=tag,
    )


def node_page_tag() -> str:
    """Return a tag that changes when a node or a shot does."""
    with reading() as session:
        return farm_tag(session)


def _row(session: Session, node: Node, now: datetime) -> NodeRow:
    return node_row(node, reads.live_chunks_of_nodes(session, [node.id]).get(node.id, {}), now)


def _require(session: Session, name: str) -> Node:
    node = node_named(session, name)
    if node is None and name.isascii() and name.isdecimal() and len(name) < 19:
        node = session.get(Node, int(name))
    if node is None:
        raise NotFound(f"There is no node {name!r} on this farm.")
    if node.is_gone:
        raise NotFound(f"The node {node.name} was forgotten: it is back when it is heard of again.")
    return node


def _hours(session: Session, node_id: int, now: datetime) -> tuple[WorkSum, ...]:
    this = now.replace(minute=0, second=0, microsecond=0)
    hours = [this - timedelta(hours=back) for back in reversed(range(HOURS_A_DAY))]
    found = {row.key: row for row in hours_of_node(session, node_id, hours[0])}
    return tuple(
        WorkSum(
            key=hour.isoformat(),
            done_count=found[hour].done_count if hour in found else 0,
            failed_count=found[hour].failed_count if hour in found else 0,
            seconds=found[hour].seconds if hour in found else 0.0,
        )
        for hour in hours
    )
