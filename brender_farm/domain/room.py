"""The free slots of a farm, so arranged that finding the best one does not look at every node."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from brender_farm.domain.fit import is_able
from brender_farm.domain.views import NodeView, ShotView

_NOBODY: frozenset[str] = frozenset()
_Rank = tuple[int, str]
"""Most free slots first, then by name."""


@dataclass(slots=True)
class Kind:
    """Nodes that can do the same things; a farm has few kinds, however many nodes."""

    example: NodeView
    number: int
    capacity: float = 0.0
    """Its slots, each counted by its node's speed."""
    names: set[str] = field(default_factory=set)
    heap: list[_Rank] = field(default_factory=list)
    warm: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


class Room:
    """The slots that are free, taken and given back one by one."""

    def __init__(self, nodes: Sequence[NodeView]) -> None:
        self.nodes = {node.name: node for node in nodes}
        self._free = {node.name: node.free_slots for node in nodes}
        self._able: dict[object, list[Kind]] = {}
        self._unwell = frozenset(folder for node in nodes for folder in node.unwell)
        self.count = sum(free for free in self._free.values() if free > 0)
        kinds: dict[object, Kind] = {}
        self.kind_of: dict[str, Kind] = {}
        for node in nodes:
            what = (
                node.blender_versions,
                node.unwell,
                node.tags,
                node.memory_bytes,
                node.pool,
                node.has_gpu,
            )
            kind = kinds.get(what)
            if kind is None:
                kind = kinds[what] = Kind(node, len(kinds))
            self._add(kind, node)
        self._kinds = list(kinds.values())
        for kind in self._kinds:
            heapq.heapify(kind.heap)

    def kinds_for(self, shot: ShotView) -> list[Kind]:
        """Return the kinds of node that could render the shot, busy or not."""
        folder = shot.output_dir if shot.output_dir in self._unwell else ""
        what = (shot.blend_version, folder, shot.needs)
        if what not in self._able:
            self._able[what] = [kind for kind in self._kinds if is_able(shot, kind.example)]
        return self._able[what]

    def capacity_for(self, shot: ShotView) -> float:
        """Return how many slots, busy or not, could render the shot, counted by speed."""
        kinds = self.kinds_for(shot)
        banned = sum(
            self.nodes[name].slots * self.nodes[name].speed
            for name in shot.banned
            if any(name in kind.names for kind in kinds)
        )
        return sum(kind.capacity for kind in kinds) - banned

    def has_other(self, shot: ShotView, avoid: frozenset[str]) -> bool:
        """Tell whether a node that is none of these could render the shot, busy or not."""
        out = shot.banned | avoid
        return any(len(kind.names) > len(kind.names & out) for kind in self.kinds_for(shot))

    def best(
        self,
        shot: ShotView,
        avoid: frozenset[str] = _NOBODY,
        only: frozenset[str] | None = None,
    ) -> str | None:
        """Return the node to give the shot's next chunk: warm, then most free, then by name.

        `only` names the nodes that come into question; None: all.
        """
        kinds, out = self.kinds_for(shot), shot.banned | avoid
        if only is not None:
            return self._best_of(shot, kinds, only - out)
        warm = [rank for kind in kinds if (rank := self._warmest(kind, shot.blend, out))]
        cold = [] if warm else [rank for kind in kinds if (rank := self._freest(kind, out))]
        return min(warm or cold)[1] if warm or cold else None

    def can_have(self, shot: ShotView, node: str) -> bool:
        """Tell whether this node has a free slot that fits the shot."""
        return (
            self._free[node] > 0
            and node not in shot.banned
            and self.kind_of[node] in self.kinds_for(shot)
        )

    def take(self, node: str) -> None:
        """Use one slot of a node."""
        self._free[node] -= 1
        self.count -= 1

    def free(self, node: str) -> None:
        """Give one slot of a node back; a node with more chunks than slots gains none by it."""
        self._free[node] += 1
        if self._free[node] <= 0:
            return
        self.count += 1
        heapq.heappush(self.kind_of[node].heap, (-self._free[node], node))

    def set_free(self, node: str, slots: int) -> None:
        """Make a node have this many free slots."""
        self.count += slots - self._free[node]
        self._free[node] = slots
        if slots > 0:
            heapq.heappush(self.kind_of[node].heap, (-slots, node))

    def _add(self, kind: Kind, node: NodeView) -> None:
        kind.capacity += node.slots * node.speed
        kind.names.add(node.name)
        self.kind_of[node.name] = kind
        if self._free[node.name] > 0:
            kind.heap.append((-self._free[node.name], node.name))
        for blend in node.warm:
            kind.warm[blend].append(node.name)

    def _best_of(self, shot: ShotView, kinds: Sequence[Kind], names: frozenset[str]) -> str | None:
        free = [n for n in names if self._free.get(n, 0) > 0 and any(n in k.names for k in kinds)]
        return min(
            free,
            key=lambda n: (shot.blend not in self.nodes[n].warm, -self._free[n], n),
            default=None,
        )

    def _warmest(self, kind: Kind, blend: str, out: Iterable[str]) -> _Rank | None:
        names = kind.warm.get(blend, ())
        ranks = [(-self._free[n], n) for n in names if self._free[n] > 0 and n not in out]
        return min(ranks, default=None)

    def _freest(self, kind: Kind, out: frozenset[str]) -> _Rank | None:
        aside: list[_Rank] = []
        found = None
        while kind.heap and found is None:
            rank = kind.heap[0]
            free = self._free[rank[1]]
            if -rank[0] != free:  # slots were taken or given back since
                heapq.heappop(kind.heap)
                if 0 < free < -rank[0]:
                    heapq.heappush(kind.heap, (-free, rank[1]))
            elif rank[1] in out:
                aside.append(heapq.heappop(kind.heap))
            else:
                found = rank
        for rank in aside:
            heapq.heappush(kind.heap, rank)
        return found
