"""Which frames come first: a look at the whole shot before all of it is there."""

from __future__ import annotations

import re

from brender_farm.domain.frames import FrameList
from brender_farm.errors import FrameSyntaxError

ENDS = "ends"
_HALVINGS = 3
_EVERY = re.compile(r"x(\d{1,6})\Z")


def first_of(frames: FrameList, pattern: str) -> list[int]:
    """Return the frames that `pattern` puts first, in their order.

    `ends`: the first, the last, the middle, then quarters and eighths. `x10`: every tenth.
    Anything else is frame notation. Raises FrameSyntaxError, also when none of them is of these
    frames.
    """
    if pattern == ENDS:
        return _ends(frames)
    if every := _EVERY.match(pattern):
        return [frames[at] for at in range(0, len(frames), max(1, int(every[1])))]
    chosen = [frame for frame in FrameList.parse(pattern) if frames.position(frame) is not None]
    if not chosen:
        raise FrameSyntaxError(f"None of the frames {pattern[:60]} is of this shot.")
    return chosen


def _ends(frames: FrameList) -> list[int]:
    last = len(frames) - 1
    positions = [0, last]
    for halving in range(1, _HALVINGS + 1):
        parts = 2**halving
        positions += [round(last * part / parts) for part in range(1, parts, 2)]
    return [frames[at] for at in dict.fromkeys(positions)]
