"""Characters that are not what they seem: they steer terminals, forge lines or turn the writing."""

from __future__ import annotations

import re
import unicodedata

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line and paragraph ends, changes of the writing's direction, half characters.
"""
_STEERING_BUT_LINES = re.compile(rf"(?!\r\n|[\n\t]){_STEERING.pattern}")
_NOT_IN_NAMES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of what is not seen, or only half a character."""


def odd_in_path(text: str) -> str:
    """Return what a path may not hold, as `U+202E`; empty: it holds nothing such."""
    found = _STEERING.search(text)
    return _number(found[0]) if found else ""


def odd_in_name(text: str) -> str:
    """Return what the name of something may not hold, as `U+200B`; empty: it holds nothing such.

    Beside what no path may hold that is all that is invisible: two names must not look alike.
    """
    for sign in text:
        if unicodedata.category(sign) in _NOT_IN_NAMES:
            return _number(sign)
    return ""


def one_line(text: str) -> str:
    r"""Return text with such characters written out (`\n`, `\x1b`, `\u202e`): one line of a log."""
    return _STEERING.sub(_written_out, text)


def without_turns(text: str) -> str:
    """Return text of several lines with what steers written out, but for line ends and tabs."""
    return _STEERING_BUT_LINES.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def _number(sign: str) -> str:
    return f"U+{ord(sign):04X}"
