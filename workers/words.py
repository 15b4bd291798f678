"""What a report says in words: text that every part of the farm can store."""

from __future__ import annotations

from collections.abc import Sequence

from brender_farm.domain.error_lines import is_error

TAIL_LINE_COUNT = 30
_TAIL_LENGTH = 4000
_LINE_LENGTH = 1000
_REASON_LENGTH = 4000


def plain(reason: str) -> str:
    """Return a reason of bounded length, without what databases and UTF-8 refuse."""
    return _storable(reason)[:_REASON_LENGTH]


def blocked(script: str, *, by_node: bool) -> str:
    """Say what of a file's own Python did not run, and who could let it."""
    remedy = (
        "this node's owner forbids it (BRENDER_AUTO_RUN=never)."
        if by_node
        else "its show has to allow it, and the file to lie in the show's root."
    )
    return f"Python in the .blend was not run ({plain(script)}): {remedy}"


def last_words(lines: Sequence[str]) -> str:
    """Return the last lines of Blender's output; when room is short, errors stay the longest."""
    kept = [_storable(line)[:_LINE_LENGTH] for line in lines[-TAIL_LINE_COUNT:]]
    surplus = sum(len(line) + 1 for line in kept) - _TAIL_LENGTH
    left_out: set[int] = set()
    for number in sorted(range(len(kept)), key=lambda number: (is_error(kept[number]), number)):
        if surplus <= 0:
            break
        surplus -= len(kept[number]) + 1
        left_out.add(number)
    return "\n".join(line for number, line in enumerate(kept) if number not in left_out)


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
