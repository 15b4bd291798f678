"""Blender versions as people write them, compared as numbers."""

from __future__ import annotations

import re


def parse_version(text: str) -> tuple[int, int]:
    """Return (major, minor) of `4.5`, `4.5.15` or `v4.5`; (0, 0) when it cannot be read."""
    match = re.match(r"v?(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else (0, 0)


ANY_VERSION = "any"
"""Asked for: whatever Blender a node has."""


def can_open(blender_version: str, file_version: str) -> bool:
    """Tell whether this Blender may open a file saved by that one: its own version or older."""
    return parse_version(blender_version) >= parse_version(file_version)
