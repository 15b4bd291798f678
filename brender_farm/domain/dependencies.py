"""Which shot comes after which: whether that is met, and whether it goes in a circle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from brender_farm.domain.frames import FrameList, Spans
from brender_farm.domain.states import ShotState

_MARKED = re.compile(rb"\x01+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Another shot that has to come first, and has not yet."""

    shot_id: int
    name: str
    state: ShotState
    by_frame: bool
    """Whether frame n waits for frame n of it; otherwise the whole shot waits for all of it."""
    first_frame: int | None
    """The first frame in rendering order that waits for it; None where the whole shot waits."""
    failed_count: int
    """Frames of it that gave up."""


def may_begin(states: Iterable[ShotState], *, not_before: datetime | None, now: datetime) -> bool:
    """Tell whether a shot after whole shots in these states, and not before a time, may begin."""
    if not_before is not None and not_before > now:
        return False
    return all(state is ShotState.COMPLETED for state in states)


def find_circle(after: Mapping[int, Iterable[int]], start: int) -> list[int]:
    """Return a way from a shot back to itself, `[12, 9, 7, 12]`; empty when there is none.

    `after` maps each shot to those that it comes after.
    """
    came_from: dict[int, int] = {}
    heads = [start]
    while heads:
        shot = heads.pop()
        for earlier in after.get(shot, ()):
            if earlier == start:
                return [*_way_to(shot, came_from, start), start]
            if earlier not in came_from:
                came_from[earlier] = shot
                heads.append(earlier)
    return []


def _way_to(shot: int, came_from: Mapping[int, int], start: int) -> list[int]:
    way = [shot]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def positions_of(order: FrameList, frames: FrameList) -> Spans:
    """Return where these frames stand in an order; those that are not of it are left out.

    A million frames cost a few copies of a megabyte: each frame is a byte, marked and looked up
    run by run.
    """
    highest = max((max(run[0], run[-1]) for run in (*order.runs, *frames.runs)), default=-1)
    marks = bytearray(highest + 1)
    for run in frames.runs:
        marks[_ascending(run)] = b"\1" * len(run)
    pairs, start = [], 0
    for run in order.runs:
        part = marks[_ascending(run)]
        if run.step < 0:
            part.reverse()
        pairs += [(start + hit.start(), start + hit.end()) for hit in _MARKED.finditer(part)]
        start += len(run)
    return Spans(tuple(pairs)) | Spans()  # joined where one run goes on with the other


def _ascending(run: range) -> slice:
    low, high = min(run[0], run[-1]), max(run[0], run[-1])
    return slice(low, high + 1, abs(run.step))


def numbered(shot_ids: Sequence[int]) -> str:
    """Name shots in a sentence: `shot 9`, `shots 9 and 12`, `shots 9, 12 and 15`."""
    *others, last = [str(shot_id) for shot_id in shot_ids]
    return f"shots {', '.join(others)} and {last}" if others else f"shot {last}"
