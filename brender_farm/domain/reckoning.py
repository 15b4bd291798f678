"""When shots end, by their shares of all slots: what is told of those that are not played out.

The shots of a priority share all slots evenly, as many of them at a time as there are slots, the
oldest first; the next priority begins when they are done. Whose turn it is and which slots can have
a shot make no difference, so it costs little however many shots there are.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What a shot still wants."""

    shot_id: int
    priority: int
    work_s: float
    """How long all that is left of it takes one slot of speed 1."""
    most: float
    """The share of all slots that it may have, by its limits."""
    opens_s: float


def reckon(wants: Sequence[Want], *, slots: int, speed: float, now_s: float) -> dict[int, float]:
    """Return when each shot ends; `speed` is the sum of the speeds of all slots."""
    levels: defaultdict[int, list[Want]] = defaultdict(list)
    for want in sorted(wants, key=lambda want: want.shot_id):
        levels[want.priority].append(want)
    ends: dict[int, float] = {}
    for _, level in sorted(levels.items(), reverse=True):
        begins_s, now_s = now_s, _share_out(level, ends, slots, speed, now_s)
        for want in level:
            least_s = max(begins_s, want.opens_s) + want.work_s / (speed * want.most)
            ends[want.shot_id] = max(ends[want.shot_id], least_s)
    return ends


def _share_out(
    level: Sequence[Want], ends: dict[int, float], slots: int, speed: float, now_s: float
) -> float:
    """Say when these shots end that share all slots; return when the last one does.

    `had_s` is how much work a shot has had that has been at it from the beginning.
    """
    had_s, waiting = 0.0, deque(level)
    sharing: list[tuple[float, int]] = []
    while waiting or sharing:
        while waiting and len(sharing) < slots:
            want = waiting.popleft()
            heapq.heappush(sharing, (had_s + want.work_s, want.shot_id))
        now_s += (sharing[0][0] - had_s) * len(sharing) / speed
        had_s, shot_id = heapq.heappop(sharing)
        ends[shot_id] = now_s
    return now_s
