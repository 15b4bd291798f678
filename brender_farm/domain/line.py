"""The line that shots wait in: whose turn it is by priority and fair share.

Built for change: a slot taken or freed costs a few steps in heaps, however many shots there are.
An entry of a heap that is out of date is passed over when it comes up; whatever changes a key puts
a fresh one in.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from brender_farm.domain.views import ShotView

_Key = tuple[float, int, int, str]
"""The submitter's share, its next shot's busy slots, that shot's id, the submitter."""


@dataclass(slots=True)
class _Level:
    """The shots of one priority."""

    queues: defaultdict[str, list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Each submitter's shots: (busy slots, id), fewest first."""
    turns: list[_Key] = field(default_factory=list)


class Line:
    """Shots by priority, then smallest share of the submitter, then fewest slots, then age.

    A submitter's share is (busy slots + 1) / weight: with equal weights everybody gets as many
    slots, with weight 2 twice as many (D'Hondt's method, which Afanasy uses as well).
    """

    def __init__(self, shots: Iterable[ShotView]) -> None:
        self.shot_busy: Counter[int] = Counter()
        self._submitter_busy: Counter[str] = Counter()
        self._shots: dict[int, ShotView] = {}
        self._weights: dict[str, float] = {}
        self._standing: set[int] = set()
        self._levels: dict[int, _Level] = {}
        waiting: defaultdict[int, list[ShotView]] = defaultdict(list)
        for shot in shots:
            self._shots[shot.id] = shot
            self._weights[shot.submitter] = shot.weight
            self.shot_busy[shot.id] = shot.busy_slots
            self._submitter_busy[shot.submitter] += shot.busy_slots
            if shot.pending_count > 0:
                waiting[shot.priority].append(shot)
        self._unopened = dict(waiting)
        self._priorities = sorted(waiting, reverse=True)

    def first(self) -> ShotView | None:
        """Return the shot whose turn it is."""
        for priority in self._priorities:
            turn = self._turn(self._level(priority))
            if turn is not None:
                return self._shots[turn]
        return None

    def take(self, shot: ShotView) -> None:
        """Count one more slot for the shot and its submitter."""
        self._count(shot, 1)

    def free(self, shot: ShotView) -> None:
        """Count one slot less."""
        self._count(shot, -1)

    def leave(self, shot: ShotView) -> None:
        """Let a shot stand aside."""
        level = self._level(shot.priority)
        self._standing.discard(shot.id)
        self._refresh(level, shot.submitter)

    def join(self, shot: ShotView) -> None:
        """Let a shot that stood aside stand in line again."""
        level = self._level(shot.priority)
        if shot.id not in self._standing:
            self._standing.add(shot.id)
            self._put(level, shot)
            self._refresh(level, shot.submitter)

    def is_equal(self, shot: ShotView, other: ShotView) -> bool:
        """Tell whether the other's claim is as good, but for its age."""
        return (
            other.priority == shot.priority
            and self.shot_busy[other.id] == self.shot_busy[shot.id]
            and self.share(other.submitter) == self.share(shot.submitter)
        )

    def slots_of(self, submitter: str) -> int:
        """Return how many slots a submitter has, those that were taken here among them."""
        return self._submitter_busy[submitter]

    def share(self, submitter: str) -> float:
        """Return what a submitter's share would be with one slot more."""
        return (self._submitter_busy[submitter] + 1) / self._weights[submitter]

    def _level(self, priority: int) -> _Level:
        """Return a level, put in order the first time that it is looked at."""
        shots = self._unopened.pop(priority, None)
        if shots is None:
            return self._levels[priority]
        level = self._levels[priority] = _Level()
        for shot in shots:
            self._standing.add(shot.id)
            level.queues[shot.submitter].append((self.shot_busy[shot.id], shot.id))
        for submitter, queue in level.queues.items():
            heapq.heapify(queue)
            level.turns.append((self.share(submitter), *queue[0], submitter))
        heapq.heapify(level.turns)
        return level

    def _turn(self, level: _Level) -> int | None:
        while level.turns:
            if level.turns[0] == self._key(level, level.turns[0][3]):
                return level.turns[0][2]
            heapq.heappop(level.turns)
        return None

    def _key(self, level: _Level, submitter: str) -> _Key | None:
        best = self._best_of(level, submitter)
        return None if best is None else (self.share(submitter), *best, submitter)

    def _best_of(self, level: _Level, submitter: str) -> tuple[int, int] | None:
        queue = level.queues[submitter]
        while queue:
            busy, shot_id = queue[0]
            if shot_id in self._standing and self.shot_busy[shot_id] == busy:
                return queue[0]
            heapq.heappop(queue)
        return None

    def _count(self, shot: ShotView, change: int) -> None:
        self.shot_busy[shot.id] += change
        self._submitter_busy[shot.submitter] += change
        if shot.id in self._standing:
            self._put(self._level(shot.priority), shot)
        for level in self._levels.values():
            if shot.submitter in level.queues:
                self._refresh(level, shot.submitter)

    def _put(self, level: _Level, shot: ShotView) -> None:
        heapq.heappush(level.queues[shot.submitter], (self.shot_busy[shot.id], shot.id))

    def _refresh(self, level: _Level, submitter: str) -> None:
        key = self._key(level, submitter)
        if key is not None:
            heapq.heappush(level.turns, key)
