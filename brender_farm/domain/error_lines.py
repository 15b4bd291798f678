"""Which lines of Blender's output tell of something that an artist or wrangler should see."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ERROR = re.compile(
    r"^Error\b|^Traceback|^Build without|^Malloc returns null|out of memory|^libpng error"
    r"|cannot (?:open|read|save|load)\b|failed to (?:open|read|load)\b|no space left on device",
    re.IGNORECASE,
)
_STAMP = re.compile(r"\A\d\d:\d\d:\d\d\.\d{3} ")


def is_error(line: str) -> bool:
    """Tell whether a line, without its time, is one of these."""
    return not line.startswith("Fra:") and _ERROR.search(line) is not None


def without_stamp(line: str) -> str:
    """Return a line of a chunk's log without the time that stands in front of it."""
    return _STAMP.sub("", line)


def error_lines(lines: Iterable[str], most: int) -> list[str]:
    """Return the last such lines of a chunk's log, each once, `most` at most, oldest first."""
    found = (line for line in map(without_stamp, lines) if is_error(line))
    return list(dict.fromkeys(reversed(list(found))))[:most][::-1]
