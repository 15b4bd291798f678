"""The last lines of a log, without reading the rest of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO

MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The end of a log; `cut` says that there is more above it."""

    text: str
    line_count: int
    size_bytes: int
    cut: bool
    exists: bool


_MISSING = Tail(text="", line_count=0, size_bytes=0, cut=False, exists=False)


def read_tail(opened: BinaryIO | None, line_count: int) -> Tail:
    """Return the last `line_count` lines of a log, of at most 1 MiB, and close it.

    A missing log is empty.
    """
    if opened is None:
        return _MISSING
    try:
        with opened as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(0, size - MOST_BYTES))
            block = log.read(MOST_BYTES)
    except OSError:
        return _MISSING
    all_lines = block.decode("utf-8", "replace").splitlines()
    lines = all_lines[-line_count:]
    return Tail(
        text="\n".join(lines),
        line_count=len(lines),
        size_bytes=size,
        cut=size > len(block) or len(lines) < len(all_lines),
        exists=True,
    )
