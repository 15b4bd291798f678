"""Blender versions as people write them, compared as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable

ANY_VERSION = "any"
"""Asked for: whatever Blender a node has."""


def parse_version(text: str) -> tuple[int, int]:
    """Return (major, minor) of `4.5`, `4.5.15` or `v4.5`; (0, 0) when it cannot be read."""
    match = re.match(r"v?(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def can_open(blender_version: str, file_version: str) -> bool:
    """Tell whether this Blender may open a file saved by that one: its own version or older."""
    return parse_version(blender_version) >= parse_version(file_version)


def is_wanted(blender_version: str, wanted: str, file_version: str) -> bool:
    """Tell whether this Blender is what was asked for.

    `4.5.15` means exactly that, `4.5` any of the series, `any` whatever there is; nothing means the
    one that saved the file, or newer.
    """
    if not wanted:
        return can_open(blender_version, file_version)
    return wanted == ANY_VERSION or f"{blender_version}.".startswith(f"{wanted}.")


def best_version(versions: Iterable[str], wanted: str, file_version: str) -> str | None:
    """Return which of these Blenders is to render the file, the newest that is wanted; or None."""
    fitting = [version for version in versions if is_wanted(version, wanted, file_version)]
    return max(fitting, key=_all_numbers, default=None)


def _all_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))
