"""The planner once more, slow and plain: every choice looks at every shot and every node.

What the docstring of `brender_farm.domain.planning` says, written down without heaps, kinds or
anything that is kept from one choice to the next. The real planner is compared with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from brender_farm.domain.chunking import next_chunk_size
from brender_farm.domain.fit import fits
from brender_farm.domain.views import Assignment, NodeView, ShotView


class SlowPlanner:
    def __init__(
        self, shots: Sequence[ShotView], nodes: Sequence[NodeView], limits: Mapping[str, int]
    ) -> None:
        self.shots = {shot.id: shot for shot in shots}
        self.nodes = {node.name: node for node in nodes}
        self.limits = limits
        self.free_slots = {node.name: node.free_slots for node in nodes}
        self.busy = Counter({shot.id: shot.busy_slots for shot in shots})
        self.on_nodes = {shot.id: Counter(shot.on_nodes) for shot in shots}
        self.lots = {
            shot.id: {lot.key: lot.count for lot in shot.retries}
            | {"": shot.pending_count - sum(lot.count for lot in shot.retries)}
            for shot in shots
        }

    def next(self) -> Assignment | None:
        for shot in sorted(self.waiting(), key=lambda s: (self.claim(s), s.id)):
            for lot, avoid in self.open_lots(shot):
                nodes = [n for n in self.nodes.values() if self.may_have(shot, n, avoid)]
                if nodes:
                    best = min(nodes, key=lambda n: self.rank(shot, n))
                    if lot == "" and shot.blend not in best.warm:
                        shot = self.warm_equal(shot, best)
                    return self.give(shot, best, lot)
        return None

    def free(self, shot_id: int, node: str) -> None:
        self.free_slots[node] += 1
        self.busy[shot_id] -= 1
        self.on_nodes[shot_id] -= Counter([node])

    def waiting(self) -> list[ShotView]:
        return [shot for shot in self.shots.values() if any(self.lots[shot.id].values())]

    def claim(self, shot: ShotView) -> tuple[float, float, int]:
        """Smaller is better; shots of equal claim are equal here."""
        taken = sum(self.busy[s.id] for s in self.shots.values() if s.submitter == shot.submitter)
        return (-shot.priority, (taken + 1) / shot.weight, self.busy[shot.id])

    def rank(self, shot: ShotView, node: NodeView) -> tuple[bool, int, str]:
        return (shot.blend not in node.warm, -self.free_slots[node.name], node.name)

    def may_have(self, shot: ShotView, node: NodeView, avoid: frozenset[str]) -> bool:
        return (
            self.free_slots[node.name] > 0
            and fits(shot, node)
            and node.name not in avoid
            and not self.is_limited(shot)
            and self.may_be_on(shot, node)
        )

    def is_limited(self, shot: ShotView) -> bool:
        return any(
            self.used(name) >= self.limits[name] for name in shot.limits if name in self.limits
        )

    def used(self, limit: str) -> int:
        return sum(self.busy[shot.id] for shot in self.shots.values() if limit in shot.limits)

    def may_be_on(self, shot: ShotView, node: NodeView) -> bool:
        on = self.on_nodes[shot.id]
        return shot.max_nodes is None or node.name in on or len(on) < shot.max_nodes

    def open_lots(self, shot: ShotView) -> Iterator[tuple[str, frozenset[str]]]:
        for lot in shot.retries:
            if self.lots[shot.id][lot.key] > 0:
                fitting = [node.name for node in self.nodes.values() if fits(shot, node)]
                has_other = any(name not in lot.avoid for name in fitting)
                yield lot.key, lot.avoid if has_other else frozenset()
        if self.lots[shot.id][""] > 0:
            yield "", frozenset()

    def warm_equal(self, shot: ShotView, node: NodeView) -> ShotView:
        equals = [
            other
            for other in self.waiting()
            if self.claim(other) == self.claim(shot)
            and other.blend in node.warm
            and self.lots[other.id][""] > 0
            and self.may_have(other, node, frozenset())
        ]
        return min(equals, key=lambda other: other.id, default=shot)

    def give(self, shot: ShotView, node: NodeView, lot: str) -> Assignment:
        count = 1 if lot else self.size_of(shot, node)
        self.lots[shot.id][lot] -= count
        self.free_slots[node.name] -= 1
        self.busy[shot.id] += 1
        self.on_nodes[shot.id][node.name] += 1
        return Assignment(shot_id=shot.id, node=node.name, frame_count=count, lot=lot)

    def size_of(self, shot: ShotView, node: NodeView) -> int:
        capacity = sum(n.slots * n.speed for n in self.nodes.values() if fits(shot, n))
        if shot.max_nodes is not None:
            capacity = min(capacity, shot.max_nodes * node.slots * node.speed)
        return next_chunk_size(
            fixed=shot.chunk_size,
            pending_count=self.lots[shot.id][""],
            seconds_per_frame=shot.seconds_per_frame,
            speed=node.speed,
            capacity=capacity,
        )
