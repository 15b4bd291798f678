"""When each shot will be done, by playing the planner forward on measured frame times.

It is played three times: with every frame time as measured, with all of them short, and with all
of them long. What shots still wait for, who shares the farm with whom, and what each node can do
count as they do in the plan. What nobody knows yet does not: shots still to be submitted, nodes
that come and go, frames that fail.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brender_farm.domain.ahead import Running, ShotAhead
from brender_farm.domain.lookahead import Lookahead
from brender_farm.domain.time_left import TimeLeft
from brender_farm.domain.views import NodeView, ShotView

STEP_LIMIT = 5_000
"""Slots given in one play; each takes some 50 µs."""
UNKNOWN = 3.0
"""A shot without a finished frame may take so many times longer, or shorter, than is usual."""
_ALIKE = 20
"""Neighbouring frames resemble each other: so many of them say as much as one would."""
_ALWAYS = 0.05
_NEVER_LESS = 0.10
_GRAIN = 0.5
_RECKONED = 1.25
"""What was not played to its end may be as many times more, or less."""
_ONE_FIGURE = 0.5
"""How much frames differ when a single one has been measured: standard deviation over mean."""
_NO_LIMITS: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The time left of shots, and of all of them together."""

    shots: Mapping[int, TimeLeft]
    """Those of which it can be told."""
    queue: TimeLeft | None
    """Until all of those are done."""
    untold_count: int
    """How many other shots have frames to go: nothing is measured, no node fits, or what they wait
    for does not end."""


def forecast(
    shots: Sequence[ShotAhead],
    nodes: Sequence[NodeView],
    running: Sequence[Running] = (),
    *,
    limits: Mapping[str, int] = _NO_LIMITS,
    usual_s: float | None = None,
    step_limit: int = STEP_LIMIT,
) -> Forecast:
    """Return when these shots will be done, on these nodes.

    `running` are all live chunks, those of stopped shots among them. `usual_s` is what a frame of a
    shot takes of which none is measured, on a node of speed 1; None: the median of the others.
    While no shot has a frame measured, nothing can be told.
    """
    going = [ahead.view.id for ahead in shots if not ahead.is_stopped]
    known = [pace for shot in shots if (pace := shot.view.seconds_per_frame)]
    if usual_s is None and known:
        usual_s = statistics.median(known)
    if usual_s is None:
        return Forecast(shots={}, queue=None, untold_count=len(going))
    by_id = {ahead.view.id: ahead for ahead in shots}
    plays = []
    for which in range(3):
        times = {
            shot_id: _frame_s(ahead.view, usual_s) * factors(ahead.view)[which]
            for shot_id, ahead in by_id.items()
        }
        play = Lookahead(by_id, nodes, running, frame_s=times, limits=limits, step_limit=step_limit)
        play.play()
        plays.append(play)
    told = {
        shot_id: left
        for shot_id in going
        if (left := _time_left(by_id[shot_id], _frame_s(by_id[shot_id].view, usual_s), plays))
    }
    return Forecast(
        shots=told,
        queue=_longest(list(told.values())),
        untold_count=len(going) - len(told),
    )


def factors(shot: ShotView) -> tuple[float, float, float]:
    """Return by what to multiply a frame's time: as expected, at the least, at the most.

    Two things are uncertain: the mean of all its frames, of which `measured_count` are known, and
    how the frames that are left fall around it. With frames that differ by the share v (standard
    deviation over mean), both follow the standard error of a mean: v * sqrt(1/measured + 1/left),
    of which neighbours count together as one frame, since scenes grow heavier and lighter
    gradually. Another 5 % are allowed for what nodes differ from their speeds, and 10 % above for
    what no frame's time tells, which costs time and never saves any: scenes to open, failures,
    nodes that go.
    """
    if not shot.seconds_per_frame or not shot.measured_count:
        return 1.0, 1 / UNKNOWN, UNKNOWN
    left = max(1, shot.pending_count + shot.rendering_count)
    varies = _ONE_FIGURE
    if shot.seconds_spread is not None:
        varies = shot.seconds_spread / shot.seconds_per_frame
    error = varies * math.sqrt(
        1 / max(1.0, shot.measured_count / _ALIKE) + 1 / max(1.0, left / _ALIKE)
    )
    low, high = 1 + error + _ALWAYS, 1 + error + _ALWAYS + _NEVER_LESS
    return 1.0, 1 / min(UNKNOWN, low), min(UNKNOWN, high)


def _frame_s(shot: ShotView, usual_s: float) -> float:
    return max(shot.seconds_per_frame or usual_s, 1e-4)


def _time_left(ahead: ShotAhead, frame_s: float, plays: Sequence[Lookahead]) -> TimeLeft | None:
    """Return the ends of a shot in three plays as one figure.

    Shorter frames may end later, since others come before it then: the three are put in order. How
    far nodes are in their frames, and which of them gets the last one, makes another half frame.
    """
    shot_id = ahead.view.id
    found = sorted(play.ends[shot_id] for play in plays if shot_id in play.ends)
    if not found:
        return None
    rough = _RECKONED if any(shot_id in play.reckoned for play in plays) else 1.0
    low_s, grain_s = found[0] / rough, _GRAIN * frame_s
    return TimeLeft(
        s=found[len(found) // 2],
        low_s=max(low_s - grain_s, low_s / 2),
        high_s=found[-1] * rough + grain_s,
    )


def _longest(times: Sequence[TimeLeft]) -> TimeLeft | None:
    if not times:
        return None
    return TimeLeft(
        s=max(left.s for left in times),
        low_s=max(left.low_s for left in times),
        high_s=max(left.high_s for left in times),
    )
