"""What the frames of a shot took, in no more points than a screen can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from brender_farm.db.core import reading
from brender_farm.db.reads import frame_figures as reads
from brender_farm.db.reads.shots import require_shot

Figure = Literal["seconds", "memory"]

MOST_FRAMES = 2_000
"""Each frame is a point up to here; beyond, neighbours share one."""
_STEPS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePoint:
    """One frame; `value` is None when it is not finished, or not known."""

    frame: int
    value: float | None
    node: str | None
    failed_tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureStep:
    """Neighbouring frames: their middle value and their largest."""

    frame: int
    """The first of them."""
    median: float | None
    most: float | None
    failed_tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFigures:
    """The figures of all frames that were tried: as points, or else as steps."""

    points: tuple[FigurePoint, ...] = ()
    steps: tuple[FigureStep, ...] = ()
    step_width: int = 1
    """Frame numbers a step."""


def frame_figures(shot_id: int, figure: Figure) -> FrameFigures:
    """Return seconds or peak memory (bytes) over frame numbers. Raises NotFound."""
    with reading() as session:
        require_shot(session, shot_id)
        first, last, count = reads.tried_range(session, shot_id)
        if count <= MOST_FRAMES:
            rows = reads.figures_by_frame(session, shot_id, figure)
            return FrameFigures(
                points=tuple(
                    FigurePoint(
                        frame=row.frame, value=row.value, node=row.node, failed_tries=row.tries
                    )
                    for row in rows
                )
            )
        width = -(-(last - first + 1) // _STEPS)
        steps = reads.figures_by_step(session, shot_id, figure, first=first, width=width)
        return FrameFigures(steps=tuple(_step(step) for step in steps), step_width=width)


def most_costly(shot_id: int, figure: Figure, limit: int = 8) -> tuple[FigurePoint, ...]:
    """Return the finished frames that took most, the first of them first."""
    with reading() as session:
        return tuple(
            FigurePoint(frame=row.frame, value=row.value, node=row.node, failed_tries=0)
            for row in reads.highest(session, shot_id, figure, limit)
        )


def _step(step: reads.Step) -> FigureStep:
    values = step.values
    return FigureStep(
        frame=step.frame,
        median=values[len(values) // 2] if values else None,
        most=values[-1] if values else None,
        failed_tries=step.failed_tries,
    )
