"""Where the slots' time went, and what else a play is judged by."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.simulation.world import Node, Shot, capacity


@dataclass(slots=True)
class Account:
    """Sums of a play."""

    artists: int
    """How many have shots."""
    useful_s: float = 0.0
    """Slots rendered frames that count."""
    open_s: float = 0.0
    """Slots opened scenes."""
    wasted_s: float = 0.0
    """Slots rendered what failed, was lost with its node, or lost its race."""
    waited_s: float = 0.0
    """Slots were free, and a frame that fits them waited."""
    used_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """By artist: slots, while all artists had frames that any node could render."""
    tails: list[float] = field(default_factory=list)
    chunks: int = 0
    passes: int = 0
    twins: int = 0
    first_opens: int = 0
    reloads: int = 0
    """A node opened a scene that it had had open before."""
    warm_starts: int = 0
    _last_s: float = 0.0
    _tail_began: dict[int, float] = field(default_factory=dict)

    def begin(self, planned_s: float, now_s: float, free_since_s: float) -> None:
        """Count a chunk, and how long its slot waited if it was freed after the last pass."""
        self.chunks += 1
        self.waited_s += now_s - free_since_s if free_since_s > planned_s else 0.0

    def open(self, *, is_warm: bool, is_again: bool) -> None:
        self.warm_starts += is_warm
        self.reloads += is_again and not is_warm
        self.first_opens += not is_again

    def end(self, open_s: float, useful_s: float, taken_s: float) -> None:
        opened_s = min(open_s, taken_s)
        useful_s = min(useful_s, taken_s - opened_s)
        self.open_s += opened_s
        self.useful_s += useful_s
        self.wasted_s += taken_s - opened_s - useful_s

    def ended_of(self, shot: Shot, now_s: float) -> None:
        """Measure a shot's tail: from the first slot that finds no frame left to the last end."""
        if shot.pending:
            self._tail_began.pop(shot.view.id, None)
            return
        began_s = self._tail_began.setdefault(shot.view.id, now_s)
        if not shot.busy:
            self.tails.append((now_s - began_s) / shot.frame_s)

    def pass_time(self, now_s: float, shots: Iterable[Shot]) -> None:
        """Count who used the slots since the last pass, if everybody wanted them."""
        slots: Counter[str] = Counter()
        hungry = set()
        for shot in shots:
            artist = shot.view.submitter
            slots[artist] += shot.busy / shot.view.weight  # type: ignore[assignment]
            if shot.fresh and not shot.view.limits and not shot.view.needs.device:
                hungry.add(artist)
        if len(hungry) == self.artists:
            for artist, count in slots.items():
                self.used_s[artist] += count * (now_s - self._last_s)
        self._last_s = now_s

    @property
    def utilisation(self) -> float:
        """The share of the slots' time that became frames, of what could have."""
        return self.useful_s / (self.useful_s + self.open_s + self.wasted_s + self.waited_s)

    @property
    def jain(self) -> float | None:
        """Jain's index of fairness between the artists, by weight: 1 is equal.

        None: there was no moment when all of them had frames waiting.
        """
        used = list(self.used_s.values())
        return sum(used) ** 2 / (len(used) * sum(value**2 for value in used)) if used else None


def lower_bound_s(nodes: Sequence[Node], shots: Sequence[Shot]) -> float:
    """Return what no schedule can beat when all shots fit all nodes: the work by the speed of all
    slots, or the longest frame on the fastest node."""
    work_s = sum(shot.frames * shot.frame_s for shot in shots)
    longest_s = max(shot.frame_s for shot in shots) / max(node.speed for node in nodes)
    return max(work_s / capacity(list(nodes)), longest_s)


def waits_by_priority(shots: Iterable[Shot]) -> dict[int, list[float]]:
    """Return how long shots waited for their first slot, in seconds, highest priority first."""
    waits: defaultdict[int, list[float]] = defaultdict(list)
    for shot in shots:
        if shot.first_s is not None:
            waits[shot.view.priority].append(shot.first_s - shot.arrives_s)
    return dict(sorted(waits.items(), reverse=True))


def p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
