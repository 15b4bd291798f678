"""Which frames of a submission are rendered before the others."""

from __future__ import annotations

from brender_farm.domain.first import first_of
from brender_farm.domain.frames import FrameList
from brender_farm.errors import Fault, FrameSyntaxError


def put_first(frames: FrameList, pattern: str | None) -> FrameList | Fault:
    """Return the same frames in the order that `pattern` asks for: notation, `ends` or `x10`."""
    if pattern is None or not pattern.strip():
        return frames
    try:
        return frames.with_first(first_of(frames, pattern.strip().lower()))
    except FrameSyntaxError as error:
        return Fault(field="first", message=str(error), remedy="Example: x10, ends or 1,50,100.")
