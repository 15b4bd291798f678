"""What the fake Blender noted of every picture it wrote (FAKE_BLENDER_JOURNAL)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture that a Blender wrote. A rename keeps its inode and its time."""

    chunk: int
    frame: int
    inode: int
    mtime_ns: int
    byte_count: int
    pid: int
    start: float
    """Monotonic clock, seconds; the same for all processes of the machine."""
    end: float

    @property
    def file(self) -> tuple[int, int]:
        """What tells its file from every other."""
        return self.inode, self.mtime_ns


def read_journal(path: Path) -> list[Picture]:
    """Return the pictures noted so far, in the order in which they were begun."""
    text = path.read_text() if path.exists() else ""
    lines = text[: text.rfind("\n") + 1].splitlines()
    return sorted((Picture(**json.loads(line)) for line in lines), key=lambda found: found.start)
