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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from brender_farm.domain.chunking import next_chunk_size
from brender_farm.domain.room import Room
from brender_farm.domain.views import Assignment, NodeView, ShotView

_NOBODY: frozenset[str] = frozenset()
_Key = tuple[int, int, int, int]


@dataclass(slots=True)
class _Table:
    """What the plan has given away so far."""

    shots: dict[int, ShotView]
    room: Room
    left: dict[int, dict[str, int]]
    """Frames to give away: shot → lot → how many, retries first."""
    on_nodes: dict[int, frozenset[str]]
    """Where each shot with a limit of nodes is: shot → names."""
    shot_busy: Counter[int] = field(default_factory=Counter)
    submitter_busy: Counter[str] = field(default_factory=Counter)

    def key(self, shot: ShotView) -> _Key:
        return (
            -shot.priority,
            self.submitter_busy[shot.submitter],
            self.shot_busy[shot.id],
            shot.id,
        )

    def only(self, shot: ShotView) -> frozenset[str] | None:
        """Return the nodes that a shot must keep to, having reached its limit; None: it has not."""
        on_nodes = self.on_nodes.get(shot.id, _NOBODY)
        is_full = shot.max_nodes is not None and len(on_nodes) >= shot.max_nodes
        return on_nodes if is_full else None

    def give(self, shot: ShotView, node: str, lot: str, count: int) -> None:
        self.room.take(node)
        if shot.max_nodes is not None:
            self.on_nodes[shot.id] |= {node}
        self.left[shot.id][lot] -= count
        self.shot_busy[shot.id] += 1
        self.submitter_busy[shot.submitter] += 1


def plan(shots: Sequence[ShotView], nodes: Sequence[NodeView]) -> list[Assignment]:
    """Fill the free slots, best claim first, until no free slot fits any pending frame.

    `busy_slots` of every shot counts towards fair share. Each assignment takes one slot.
    """
    table = _open_table(shots, nodes)
    heap = [table.key(shot) for shot in shots if shot.pending_count > 0]
    heapq.heapify(heap)
    given: list[Assignment] = []
    while heap and table.room.count > 0:
        key = heapq.heappop(heap)
        shot = table.shots[key[3]]
        if (now := table.key(shot)) != key:
            heapq.heappush(heap, now)
            continue
        assignment = _assign(shot, table)
        if assignment is None:
            continue
        given.append(assignment)
        if any(table.left[shot.id].values()):
            heapq.heappush(heap, table.key(shot))
    return given


def _open_table(shots: Sequence[ShotView], nodes: Sequence[NodeView]) -> _Table:
    table = _Table(
        shots={shot.id: shot for shot in shots},
        room=Room(nodes),
        left={shot.id: _lots(shot) for shot in shots},
        on_nodes={shot.id: shot.on_nodes for shot in shots if shot.max_nodes is not None},
    )
    for shot in shots:
        table.shot_busy[shot.id] = shot.busy_slots
        table.submitter_busy[shot.submitter] += shot.busy_slots
    return table


def _lots(shot: ShotView) -> dict[str, int]:
    if not shot.retries:
        return {"": shot.pending_count}
    retries = {lot.key: lot.count for lot in shot.retries}
    return retries | {"": shot.pending_count - sum(retries.values())}


def _assign(shot: ShotView, table: _Table) -> Assignment | None:
    for lot, avoid in _open_lots(shot, table):
        node = table.room.best(shot, avoid, table.only(shot))
        if node is not None:
            count = 1 if lot else _chunk_size(shot, table)
            table.give(shot, node, lot, count)
            return Assignment(shot_id=shot.id, node=node, frame_count=count, lot=lot)
    return None


def _open_lots(shot: ShotView, table: _Table) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each lot with frames left, and the nodes that must not have it.

    Frames that every fitting node has failed may go to any.
    """
    left = table.left[shot.id]
    for lot in shot.retries:
        if left[lot.key] > 0:
            yield lot.key, lot.avoid if table.room.has_other(shot, lot.avoid) else _NOBODY
    if left[""] > 0:
        yield "", _NOBODY


def _chunk_size(shot: ShotView, table: _Table) -> int:
    slots = table.room.slots_for(shot)
    return next_chunk_size(
        fixed=shot.chunk_size,
        pending_count=table.left[shot.id][""],
        slot_count=slots if shot.max_nodes is None else min(slots, shot.max_nodes),
        seconds_per_frame=shot.seconds_per_frame,
    )
