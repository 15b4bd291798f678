"""Who renders what next: a pure function from frozen views to assignments.

Order: priority, highest first. Inside one priority the submitter with the fewest busy slots
goes first, then that submitter's shot with the fewest, then the older shot. A chosen shot gets
one chunk, then the order is taken again. Among nodes that fit, one that has the scene open goes
first, then the one with most free slots, then by name.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from brender_farm.domain.chunking import next_chunk_size
from brender_farm.domain.versions import can_open


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotView:
    """A shot with pending frames, as the planner sees it."""

    id: int
    priority: int
    submitter: str
    blend: str
    blend_version: str
    pending_count: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The next `frame_count` pending frames of this shot go to this node as one chunk."""

    shot_id: int
    node: str
    frame_count: int


_Key = tuple[int, int, int, int]


@dataclass(slots=True)
class _Table:
    """What the plan has given away so far."""

    shots: dict[int, ShotView]
    free: dict[str, int]
    pending: dict[int, int]
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

    def give(self, shot: ShotView, node: NodeView, count: int) -> None:
        self.free[node.name] -= 1
        self.pending[shot.id] -= count
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
        node = _choose_node(shot, nodes, table.free)
        if node is None:
            continue
        given.append(_assign(shot, node, nodes, table))
        if table.pending[shot.id] > 0:
            heapq.heappush(heap, table.key(shot.id))
    return given


def fits(shot: ShotView, node: NodeView) -> bool:
    """Tell whether the node could render this shot at all, busy or not."""
    return any(can_open(version, shot.blend_version) for version in node.blender_versions)


def _open_table(shots: Sequence[ShotView], nodes: Sequence[NodeView]) -> _Table:
    table = _Table(
        shots={shot.id: shot for shot in shots},
        free={node.name: max(0, node.free_slots) for node in nodes},
        pending={shot.id: shot.pending_count for shot in shots},
    )
    for shot in shots:
        table.shot_busy[shot.id] = shot.busy_slots
        table.submitter_busy[shot.submitter] += shot.busy_slots
    return table


def _choose_node(
    shot: ShotView, nodes: Sequence[NodeView], free: dict[str, int]
) -> NodeView | None:
    fitting = (node for node in nodes if free[node.name] > 0 and fits(shot, node))
    return min(
        fitting,
        key=lambda node: (shot.blend not in node.warm, -free[node.name], node.name),
        default=None,
    )


def _assign(shot: ShotView, node: NodeView, nodes: Sequence[NodeView], table: _Table) -> Assignment:
    count = next_chunk_size(
        fixed=shot.chunk_size,
        pending_count=table.pending[shot.id],
        slot_count=sum(other.slots for other in nodes if fits(shot, other)),
        seconds_per_frame=shot.seconds_per_frame,
    )
    table.give(shot, node, count)
    return Assignment(shot_id=shot.id, node=node.name, frame_count=count)
