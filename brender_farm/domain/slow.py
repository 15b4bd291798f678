"""When a frame takes far longer than it should: by its shot's frames, or by its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

ENOUGH_FRAMES = 3
"""Finished frames that it takes to say what is usual."""
LEAST_S = 10.0
"""So much longer than usual it must be: below that nobody needs to look."""
NEIGHBOURS = 5
"""On either side, by number, a frame is compared with so many."""


def usual_s(*, work_seconds: float, measured_count: int, speed: float) -> float | None:
    """Return what a frame of a shot usually takes on a node of this speed; None: too few are known.

    `work_seconds` is the sum over the shot's finished frames of what a node of speed 1 would take.
    """
    if measured_count < ENOUGH_FRAMES or speed <= 0:
        return None
    return work_seconds / measured_count / speed


def is_slow(seconds: float, usual: float, factor: float) -> bool:
    """Tell whether it takes `factor` times as long as usual, and 10 s longer at least."""
    return seconds > factor * usual and seconds > usual + LEAST_S


def usual_beside(work: Sequence[float], speed: float) -> float | None:
    """Return what a frame's neighbours would take on a node of this speed: their median.

    `work` is what a node of speed 1 would take for each of them. None: they are too few.
    """
    if len(work) < ENOUGH_FRAMES or speed <= 0:
        return None
    return median(work) / speed
