"""The whole shot in one line: runs of frames of the same state, as parts of a bar."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.service import shots
from brender_farm.service.shapes import FrameCell, FramePage, ShotDetail

MOST_FRAMES = 3_000
"""Beyond this a frame is far narrower than a pixel, and reading every cell is no longer cheap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Neighbouring frames of one state; `start` and `count` in rendering order."""

    state: str
    start: int
    count: int
    first_frame: int
    last_frame: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameMap:
    """All frames of a shot as runs, and how many frames a page of the grid shows."""

    runs: tuple[Run, ...]
    total: int
    per_page: int


def map_of(detail: ShotDetail, shown: FramePage, per_page: int) -> FrameMap | None:
    """Return the map of a shot that needs more than one page; None for small and huge ones."""
    total = detail.row.frame_count
    if not per_page < total <= MOST_FRAMES:
        return None
    whole = shown if len(shown.cells) == total else shots.shot_frames(detail.row.id, limit=total)
    return FrameMap(runs=tuple(runs_of(whole.cells)), total=total, per_page=per_page)


def runs_of(cells: tuple[FrameCell, ...]) -> list[Run]:
    runs: list[Run] = []
    start = 0
    for position in range(1, len(cells) + 1):
        if position < len(cells) and cells[position].state == cells[start].state:
            continue
        runs.append(
            Run(
                state=cells[start].state,
                start=start,
                count=position - start,
                first_frame=cells[start].frame,
                last_frame=cells[position - 1].frame,
            )
        )
        start = position
    return runs
