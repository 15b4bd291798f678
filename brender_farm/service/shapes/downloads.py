"""What was taken along of a shot."""

from __future__ import annotations

from dataclasses import dataclass

MISSING_NAME = "MISSING.txt"
"""The text in a ZIP of frames that names what is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFacts:
    """A ZIP of frames that was written."""

    file_count: int
    """Frames, and what was published beside them."""
    byte_count: int
    """Of the archive."""
    missing_count: int
    """Files that are recorded and were not there as published; a text in the archive names them."""
