"""All frames of a shot at a glance: one cell a frame, drawn by the browser from runs of states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brender_farm.domain.frames import frame_list
from brender_farm.service.frame_runs import frame_runs
from brender_farm.service.shapes.frames import FrameRun
from brender_farm.service.shapes.shots import ShotDetail

MOST_LINKS = 300
"""Runs beyond which the bar for browsers without JavaScript is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRun:
    """A run with the frames that it begins and ends with."""

    state: str
    start: int
    count: int
    first_frame: int
    last_frame: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameMap:
    """The frames of a shot as runs, and how many frames a page of the grid shows."""

    runs: tuple[FrameRun, ...]
    links: tuple[LinkedRun, ...]
    """The same for browsers without JavaScript; empty when there are too many."""
    total: int
    per_page: int

    @property
    def code(self) -> str:
        """The runs as the script reads them: `d3,f1,p20`, each state by its first letter."""
        return ",".join(f"{run.state[0]}{run.count}" for run in self.runs)


def map_of(detail: ShotDetail, per_page: int) -> FrameMap | None:
    """Return the map of a shot that needs more than one page; None for small ones."""
    if detail.row.frame_count <= per_page:
        return None
    runs = frame_runs(detail.row.id)
    links = linked(runs, detail.frames) if len(runs) <= MOST_LINKS else ()
    return FrameMap(runs=runs, links=links, total=detail.row.frame_count, per_page=per_page)


def linked(runs: Sequence[FrameRun], frames: str) -> tuple[LinkedRun, ...]:
    order = frame_list(frames)
    return tuple(
        LinkedRun(
            state=run.state,
            start=run.start,
            count=run.count,
            first_frame=order[run.start],
            last_frame=order[run.start + run.count - 1],
        )
        for run in runs
    )
