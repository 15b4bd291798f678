"""How fast a node renders, learnt from the frames that it finishes."""

from __future__ import annotations

import math

LEARN_EVERY = 4
"""Only every so many finished frames of a shot teach: the node's row is written each time."""
_WEIGHT = 0.15
_LEAST_S = 0.02
"""Shorter frames say more about the disk than about the machine."""
_BOUNDS = (0.05, 20.0)


def learnt_speed(speed: float, *, usual_s: float, seconds: float) -> float:
    """Return a node's speed after one more frame.

    `usual_s` is what a node of speed 1 takes for a frame of the shot, by its finished frames;
    `seconds` is what this one took here. A moving geometric mean, so that one odd frame changes
    little, bounded to 0.05 to 20.
    """
    if min(usual_s, seconds) < _LEAST_S:
        return speed
    low, high = _BOUNDS
    return min(max(speed * math.pow(usual_s / seconds / speed, _WEIGHT), low), high)


def spread(*, count: int, total: float, squares: float) -> float | None:
    """Return the standard deviation of `count` figures by their sum and sum of squares."""
    if count < 2:
        return None
    return math.sqrt(max(0.0, (squares - total * total / count) / (count - 1)))
