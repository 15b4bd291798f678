"""What nodes' machines did over time: means over steps, longer ones for times longer ago.

Each node's steps begin at a moment of its own, so that every second has its share of the writing
and none has all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

FIGURES = (
    "cpu_pct",
    "load_1",
    "memory_used_bytes",
    "disk_free_bytes",
    "net_in_bps",
    "net_out_bps",
    "temperature_c",
    "gpu_pct",
    "gpu_memory_used_bytes",
)
"""Those of wire.MachineSample of which means are kept."""
WHOLE = frozenset(name for name in FIGURES if name.endswith("_bytes"))
BUSY_SLOTS = "busy_slots"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Level:
    """Steps of one length, and for how long they are kept."""

    step_s: int
    keep: timedelta


LEVELS = (
    Level(30, timedelta(minutes=90)),
    Level(300, timedelta(hours=26)),
    Level(1800, timedelta(days=8)),
)
"""The last hour, day and week, each with a little more than is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """One step of one node that is over."""

    node_id: int
    at: datetime
    """When the step began."""
    values: dict[str, float | None]
    """By name of FIGURES, and BUSY_SLOTS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """Steps of a longer level that ended: they are the means of the shorter ones in them."""

    level: int
    """Its place in LEVELS; the one before it is what it is made of."""
    at: datetime
    node_ids: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Due:
    """What is to be written now."""

    means: list[Means] = field(default_factory=list)
    rollups: dict[tuple[int, datetime], Rollup] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.means


@dataclass(slots=True)
class _Open:
    """The step that a node is in: how often each figure was told, and their sum."""

    at: datetime
    sums: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


class Samples:
    """Gathers what heartbeats say until a step is over. What is not over is lost with it."""

    def __init__(self) -> None:
        self._open: dict[int, _Open] = {}
        self._due = Due()

    def add(
        self, node_id: int, sample: Mapping[str, float | None], busy_slots: int, now: datetime
    ) -> None:
        """Take what a node has just said; `sample` by name, as in wire.MachineSample."""
        at = step_begin(now, LEVELS[0].step_s, node_id)
        step = self._open.get(node_id)
        if step is None or step.at != at:
            if step is not None:
                self._end(node_id, step, now)
            step = self._open[node_id] = _Open(at)
        sums, counts = step.sums, step.counts
        for name in FIGURES:
            value = sample.get(name)
            if value is not None:
                sums[name] = sums.get(name, 0.0) + value
                counts[name] = counts.get(name, 0) + 1
        sums[BUSY_SLOTS] = sums.get(BUSY_SLOTS, 0.0) + busy_slots
        counts[BUSY_SLOTS] = counts.get(BUSY_SLOTS, 0) + 1

    def forget(self, node_id: int) -> None:
        """Drop what was said of a node that is no more."""
        self._open.pop(node_id, None)

    def take_due(self) -> Due:
        """Return the steps that have ended since the last call."""
        due, self._due = self._due, Due()
        return due

    def _end(self, node_id: int, step: _Open, now: datetime) -> None:
        values = {name: _mean(step, name) for name in (*FIGURES, BUSY_SLOTS)}
        self._due.means.append(Means(node_id=node_id, at=step.at, values=values))
        for number, level in enumerate(LEVELS[1:], start=1):
            begun = step_begin(step.at, level.step_s, node_id)
            if begun == step_begin(now, level.step_s, node_id):
                continue
            # The one before as well: whoever gathered may have been away when that ended.
            for at in (begun - timedelta(seconds=level.step_s), begun):
                rollup = self._due.rollups.setdefault((number, at), Rollup(level=number, at=at))
                rollup.node_ids.append(node_id)


def step_begin(moment: datetime, step_s: int, node_id: int) -> datetime:
    """Return when the step of a node began that a moment lies in."""
    phase_s = node_id % LEVELS[0].step_s
    since_s = int((moment - _EPOCH).total_seconds()) - phase_s
    return _EPOCH + timedelta(seconds=since_s - since_s % step_s + phase_s)


def kept_since(level: int, now: datetime) -> datetime:
    """Return the age beyond which steps of a level are dropped."""
    return now - LEVELS[level].keep


def _mean(step: _Open, name: str) -> float | None:
    count = step.counts.get(name)
    if not count:
        return None
    mean = step.sums[name] / count
    return round(mean) if name in WHOLE else mean
