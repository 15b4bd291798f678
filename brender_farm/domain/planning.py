"""Who renders what next: pure functions from frozen views to assignments.

Order: priority, highest first. Inside one priority the shot goes first whose submitter has the
smallest share, (busy slots + 1) / weight; of those the shot with the fewest slots, then the older.
A chosen shot gets one chunk, then the order is taken again: of the frames that failed before, if a
node that did not fail them is free, one frame a chunk; else of the others. Among nodes that fit,
one that has the scene open goes first, then the one with most free slots, then by name. A node that
would have to open a scene for frames that never failed goes instead to a shot of equal claim that
it has open, and that has such frames: claims are equal that differ in age only.

Nothing is given beyond a farm-wide limit, a shot's limit of nodes, or a node's free slots; no free
slot stays empty while a frame that fits it may be given.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from brender_farm.domain.chunking import next_chunk_size
from brender_farm.domain.line import Line
from brender_farm.domain.room import Room
from brender_farm.domain.views import Assignment, NodeView, ShotView

_NOBODY: frozenset[str] = frozenset()
_NO_LIMITS: Mapping[str, int] = {}


def plan(
    shots: Sequence[ShotView],
    nodes: Sequence[NodeView],
    *,
    limits: Mapping[str, int] = _NO_LIMITS,
    room: Room | None = None,
) -> list[Assignment]:
    """Fill the free slots, best claim first, until no free slot fits any pending frame.

    `shots` are all that have frames to give away or slots now: `busy_slots` of each counts towards
    fair share and limits. `limits` says how many slots each farm-wide limit has; a name that is
    not in it limits nothing. Each assignment takes one slot. A caller that keeps the nodes' `room`
    may give it; the assignments are then taken out of that.
    """
    planner, given = Planner(shots, nodes, limits=limits, room=room), []
    while (assignment := planner.next()) is not None:
        given.append(assignment)
    return given


class Planner:
    """The plan in the making: slots are given one by one, and may be given back."""

    def __init__(
        self,
        shots: Sequence[ShotView],
        nodes: Sequence[NodeView],
        *,
        limits: Mapping[str, int] = _NO_LIMITS,
        room: Room | None = None,
    ) -> None:
        self.room = room if room is not None else Room(nodes)
        self._shots = {shot.id: shot for shot in shots}
        self._line = Line(shots)
        self._left: dict[int, dict[str, int]] = {}
        self._on_nodes = {
            shot.id: Counter(shot.on_nodes) for shot in shots if shot.max_nodes is not None
        }
        self._limits = limits
        self._used: Counter[str] = Counter()
        self._by_blend: defaultdict[str, list[ShotView]] = defaultdict(list)
        self._aside: defaultdict[object, dict[int, ShotView]] = defaultdict(dict)
        for shot in shots:
            if shot.pending_count > 0:
                self._by_blend[shot.blend].append(shot)
            for name in shot.limits:
                self._used[name] += shot.busy_slots

    def next(self) -> Assignment | None:
        """Give away one slot; None: no free slot fits any pending frame."""
        while self.room.count > 0 and (shot := self._line.first()) is not None:
            assignment = self._assign(shot)
            if assignment is not None:
                return assignment
            self._stand_aside(shot)
        return None

    def free(self, shot_id: int, node: str) -> None:
        """Give back a slot that a shot had on a node."""
        shot = self._shots[shot_id]
        self.room.free(node)
        self._line.free(shot)
        for name in shot.limits:
            self._used[name] -= 1
        if shot_id in self._on_nodes:
            self._on_nodes[shot_id] -= Counter([node])
        for hindrance in (self.room.kind_of[node].number, ("shot", shot_id), *shot.limits):
            for other in self._aside.pop(hindrance, {}).values():
                if any(self._lots_left(other).values()):
                    self._line.join(other)

    def size_of(self, shot: ShotView, node: NodeView, left: int) -> int:
        """Return how many frames the next chunk gets, of those that never failed."""
        capacity = self.room.capacity_for(shot)
        if shot.max_nodes is not None:
            capacity = min(capacity, shot.max_nodes * node.slots * node.speed)
        return next_chunk_size(
            fixed=shot.chunk_size,
            pending_count=left,
            seconds_per_frame=shot.seconds_per_frame,
            speed=node.speed,
            capacity=capacity,
        )

    def _assign(self, shot: ShotView) -> Assignment | None:
        if self._is_limited(shot):
            return None
        for lot, avoid in self._open_lots(shot):
            node = self.room.best(shot, avoid, self._only(shot))
            if node is None:
                continue
            if lot == "" and shot.blend not in self.room.nodes[node].warm:
                shot = self._warm_equal(shot, node) or shot
            return self._give(shot, node, lot)
        return None

    def _give(self, shot: ShotView, node: str, lot: str) -> Assignment:
        left = self._lots_left(shot)
        count = 1 if lot else self.size_of(shot, self.room.nodes[node], left[""])
        left[lot] -= count
        self.room.take(node)
        self._line.take(shot)
        for name in shot.limits:
            self._used[name] += 1
        if shot.id in self._on_nodes:
            self._on_nodes[shot.id][node] += 1
        if not any(left.values()):
            self._line.leave(shot)
        return Assignment(shot_id=shot.id, node=node, frame_count=count, lot=lot)

    def _warm_equal(self, shot: ShotView, node: str) -> ShotView | None:
        """Return a shot of equal claim that the node has open."""
        equals = [
            other
            for blend in self.room.nodes[node].warm
            for other in self._by_blend.get(blend, ())
            if self._line.is_equal(shot, other)
            and self._lots_left(other)[""] > 0
            and self.room.can_have(other, node)
            and not self._is_limited(other)
            and ((only := self._only(other)) is None or node in only)
        ]
        return min(equals, key=lambda other: other.id, default=None)

    def _is_limited(self, shot: ShotView) -> bool:
        return any(
            name in self._limits and self._used[name] >= self._limits[name] for name in shot.limits
        )

    def _only(self, shot: ShotView) -> frozenset[str] | None:
        """Return the nodes that a shot must keep to, having reached its limit; None: it has not."""
        if shot.max_nodes is None or len(self._on_nodes[shot.id]) < shot.max_nodes:
            return None
        return frozenset(self._on_nodes[shot.id])

    def _lots_left(self, shot: ShotView) -> dict[str, int]:
        """Return the frames to give away: lot → how many, retries first."""
        if shot.id not in self._left:
            retries = {lot.key: lot.count for lot in shot.retries}
            self._left[shot.id] = retries | {"": shot.pending_count - sum(retries.values())}
        return self._left[shot.id]

    def _open_lots(self, shot: ShotView) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield each lot with frames left, and the nodes that must not have it.

        Frames that every fitting node has failed may go to any.
        """
        left = self._lots_left(shot)
        for lot in shot.retries:
            if left[lot.key] > 0:
                yield lot.key, lot.avoid if self.room.has_other(shot, lot.avoid) else _NOBODY
        if left[""] > 0:
            yield "", _NOBODY

    def _stand_aside(self, shot: ShotView) -> None:
        """Take a shot that can have no slot now out of the line, until what hinders it changes."""
        self._line.leave(shot)
        kinds = [kind.number for kind in self.room.kinds_for(shot)]
        for hindrance in (*kinds, ("shot", shot.id), *shot.limits):
            self._aside[hindrance][shot.id] = shot
