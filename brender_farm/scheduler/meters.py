"""What the scheduler counts while it works: how long plans, passes and gaps took, and how much.

It is kept in memory alone and begins anew with each scheduler, as counters of Prometheus may. One
chunk costs a few microseconds.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from brender_farm import wire
from brender_farm.broker.figures import HistogramFigures, SchedulerFigures
from brender_farm.db.reads.dependencies import comes_after
from brender_farm.domain.histogram import Histogram

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from brender_farm.db.models import Shot
    from brender_farm.service.dispatch import Dispatch
    from brender_farm.service.recording import Recorded

_PLAN_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_GAP_BOUNDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_FIRST_BOUNDS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0)
_MOST_AWAITED = 10_000


class Meters:
    """Counts; all methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: defaultdict[str, float] = defaultdict(float)
        self._histograms = {
            "plan": Histogram(_PLAN_BOUNDS),
            "pass": Histogram(_PLAN_BOUNDS),
            "chunk_gap": Histogram(_GAP_BOUNDS),
            "first_frame": Histogram(_FIRST_BOUNDS),
        }
        self._awaited: dict[int, float] = {}
        """Chunks that follow another in its slot → when the farm heard of that one's end."""

    @contextmanager
    def timing(self, name: str) -> Iterator[None]:
        """Count how long what is done meanwhile takes: `plan` or `pass`."""
        began_s = time.perf_counter()
        yield
        self._observe(name, time.perf_counter() - began_s)

    def count(self, name: str, amount: float = 1) -> None:
        with self._lock:
            self._counts[name] += amount

    def heard(self, report: wire.Report, recorded: Recorded, firsts: Iterable[float]) -> None:
        """Count what a recorded report tells of; `firsts`: what `first_frames` found in it."""
        now_s = time.monotonic()
        for item in report.items:
            if isinstance(item, wire.ChunkStarted):
                self._began(item.chunk_id, now_s - item.age_s)
        for work in recorded.work.values():
            self.count("frames_done", work.done_count)
            self.count("frames_failed", work.failed_count)
            self.count("render_seconds", work.seconds)
        for seconds in firsts:
            self._observe("first_frame", seconds)

    def followed(self, node: str, ended: Sequence[int], dispatches: Iterable[Dispatch]) -> None:
        """Note that chunks of a node ended, and what it was given in the same breath.

        A slot that got nothing then idles because nothing fits: that is no gap.
        """
        now_s, left = time.monotonic(), len(ended)
        if not left:
            return
        for dispatch in dispatches:
            if dispatch.node == node and left:
                left -= 1
                self._awaited[dispatch.order.chunk_id] = now_s
        while len(self._awaited) > _MOST_AWAITED:  # chunks that never began
            del self._awaited[next(iter(self._awaited))]

    def figures(self) -> SchedulerFigures:
        """Return all counts so far."""
        with self._lock:
            return SchedulerFigures(
                counts=dict(self._counts),
                histograms={
                    name: HistogramFigures(
                        bounds=each.bounds, counts=tuple(each.counts), total_s=each.total_s
                    )
                    for name, each in self._histograms.items()
                },
            )

    def _began(self, chunk_id: int, at_s: float) -> None:
        ended_s = self._awaited.pop(chunk_id, None)
        if ended_s is not None:
            self._observe("chunk_gap", at_s - ended_s)

    def _observe(self, name: str, seconds: float) -> None:
        with self._lock:
            self._histograms[name].observe(seconds)


def first_frames(session: Session, recorded: Recorded, *, now: datetime) -> list[float]:
    """Return how many seconds shots have waited whose first frame ever this report tells of.

    From their submission, or their start time; those that come after others are left out.
    """
    ended_count = len(recorded.ended_chunks)
    return [
        (now - _due_at(shot)).total_seconds()
        for shot_id, told in recorded.done.items()
        if (shot := recorded.shots[shot_id]).measured_count <= len(told)
        and shot.ended_chunks <= ended_count
        and not comes_after(session, shot_id)
    ]


def _due_at(shot: Shot) -> datetime:
    """Return when a shot might have begun: when it was submitted, or its start time."""
    created, start = shot.created_at, shot.not_before
    return created if start is None else max(created, start)
