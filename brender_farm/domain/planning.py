"""Who renders what next: a pure function from frozen views to assignments.

Order: priority, highest first. Inside one priority the submitter with the fewest busy slots
goes first, then that submitter's shot with the fewest, then the older shot. A chosen shot gets
one chunk, then the order is taken again: of the frames that failed before, if a node that did not
fail them is free, one frame a chunk; else of the others. Among nodes that fit, one that has the
scene open goes first, then the one with most free slots, then by name.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from brender_farm.domain.chunking import next_chunk_size
from brender_farm.domain.versions import can_open


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLot:
    """Pending frames that failed before and keep away from the same nodes."""

    key: str
    avoid: frozenset[str]
    """Names of the nodes that failed them; any may have them when no other node fits."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotView:
    """A shot with pending frames, as the planner sees it."""

    id: int
    priority: int
    submitter: str
    blend: str
    blend_version: str
    output_dir: str
    pending_count: int
    """Its retries among them."""
    retries: tuple[RetryLot, ...] = ()
    banned: frozenset[str] = frozenset()
    """Names of nodes that get no more of it."""
    chunk_size: int | None
    seconds_per_frame: float | None
    busy_slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """An online, enabled node, as the planner sees it."""

    name: str
    slots: int
    free_slots: int
    blender_versions: tuple[str, ...]
    warm: frozenset[str] = frozenset()
    """The .blend files it has open."""
    unwell: frozenset[str] = frozenset()
    """Output folders it cannot write to now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The next `frame_count` pending frames of this shot go to this node as one chunk."""

    shot_id: int
    node: str
    frame_count: int
    lot: str = ""
    """Which of its retries they are of; empty: of the frames that never failed."""


_Key = tuple[int, int, int, int]


@dataclass(slots=True)
class _Table:
    """What the plan has given away so far."""

    shots: dict[int, ShotView]
    nodes: Sequence[NodeView]
    free: dict[str, int]
    left: dict[int, dict[str, int]]
    """Frames to give away: shot → lot → how many, retries first."""
    shot_busy: Counter[int] = field(default_factory=Counter)
    submitter_busy: Counter[str] = field(default_factory=Counter)

    def key(self, shot_id: int) -> _Key:
        shot = self.shots[shot_id]
        return (
            -shot.priority,
            self.submitter_busy[shot.submitter],
            self.shot_busy[shot_id],
            shot_id,
        )

    def give(self, shot: ShotView, node: NodeView, lot: str, count: int) -> None:
        self.free[node.name] -= 1
        self.left[shot.id][lot] -= count
        self.shot_busy[shot.id] += 1
        self.submitter_busy[shot.submitter] += 1


def plan(shots: Sequence[ShotView], nodes: Sequence[NodeView]) -> list[Assignment]:
    """Fill the free slots, best claim first, until no free slot fits any pending frame.

    `busy_slots` of every shot counts towards fair share. Each assignment takes one slot.
    """
    table = _open_table(shots, nodes)
    heap = [table.key(shot.id) for shot in shots if shot.pending_count > 0]
    heapq.heapify(heap)
    given: list[Assignment] = []
    while heap and any(table.free.values()):
        key = heapq.heappop(heap)
        shot = table.shots[key[3]]
        if (now := table.key(shot.id)) != key:
            heapq.heappush(heap, now)
            continue
        assignment = _assign(shot, table)
        if assignment is None:
            continue
        given.append(assignment)
        if any(table.left[shot.id].values()):
            heapq.heappush(heap, table.key(shot.id))
    return given


def fits(shot: ShotView, node: NodeView) -> bool:
    """Tell whether the node could render this shot at all, busy or not."""
    return (
        node.name not in shot.banned
        and shot.output_dir not in node.unwell
        and has_version(shot, node)
    )


def has_version(shot: ShotView, node: NodeView) -> bool:
    """Tell whether the node has a Blender that can open the shot's file."""
    return any(can_open(version, shot.blend_version) for version in node.blender_versions)


def _open_table(shots: Sequence[ShotView], nodes: Sequence[NodeView]) -> _Table:
    table = _Table(
        shots={shot.id: shot for shot in shots},
        nodes=nodes,
        free={node.name: max(0, node.free_slots) for node in nodes},
        left={shot.id: _lots(shot) for shot in shots},
    )
    for shot in shots:
        table.shot_busy[shot.id] = shot.busy_slots
        table.submitter_busy[shot.submitter] += shot.busy_slots
    return table


def _lots(shot: ShotView) -> dict[str, int]:
    retries = {lot.key: lot.count for lot in shot.retries}
    return retries | {"": shot.pending_count - sum(retries.values())}


def _assign(shot: ShotView, table: _Table) -> Assignment | None:
    fitting = [node for node in table.nodes if fits(shot, node)]
    for lot, left in table.left[shot.id].items():
        candidates = _allowed(shot, lot, fitting) if left > 0 else ()
        node = _best(shot, candidates, table.free)
        if node is None:
            continue
        count = 1 if lot else _chunk_size(shot, left, fitting)
        table.give(shot, node, lot, count)
        return Assignment(shot_id=shot.id, node=node.name, frame_count=count, lot=lot)
    return None


def _allowed(shot: ShotView, lot: str, fitting: Sequence[NodeView]) -> Sequence[NodeView]:
    """Return the nodes that did not fail these frames; if all did, all of them."""
    avoid = next((retry.avoid for retry in shot.retries if retry.key == lot), frozenset[str]())
    return [node for node in fitting if node.name not in avoid] or fitting


def _best(shot: ShotView, nodes: Iterable[NodeView], free: dict[str, int]) -> NodeView | None:
    return min(
        (node for node in nodes if free[node.name] > 0),
        key=lambda node: (shot.blend not in node.warm, -free[node.name], node.name),
        default=None,
    )


def _chunk_size(shot: ShotView, left: int, fitting: Sequence[NodeView]) -> int:
    return next_chunk_size(
        fixed=shot.chunk_size,
        pending_count=left,
        slot_count=sum(node.slots for node in fitting),
        seconds_per_frame=shot.seconds_per_frame,
    )
