"""How many frames the next chunk gets."""

from __future__ import annotations

import math

TARGET_S = 15.0
"""An automatic chunk is about this much work: long enough to make its cost vanish, short enough
that a lost one hurts little."""


def next_chunk_size(
    *,
    fixed: int | None,
    pending_count: int,
    seconds_per_frame: float | None,
    speed: float,
    capacity: float,
) -> int:
    """Return the size of the next chunk, at least 1 and at most `pending_count`.

    A fixed size is respected. Automatic: one frame while the time per frame is unknown, then
    about TARGET_S of work on a node of this `speed`, shrinking towards the shot's end so that all
    slots finish together (guided self-scheduling: Polychronopoulos and Kuck, 1987, with half
    shares); `capacity` is the sum of the speeds of all slots that could render it.
    """
    if fixed is not None:
        return max(1, min(fixed, pending_count))
    if seconds_per_frame is None:
        return 1
    by_time = max(1, int(TARGET_S * speed / max(seconds_per_frame, 1e-4)))
    fair_share = math.ceil(pending_count * speed / (2 * max(capacity, speed)))
    return max(1, min(by_time, fair_share, pending_count))
