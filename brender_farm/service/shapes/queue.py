"""The queue: what runs now, what gets the next slot, and what is not in line yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from brender_farm.service.shapes.shots import ShotRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningChunk:
    """A chunk that a node has now."""

    chunk_id: int
    shot_id: int
    shot_name: str
    node: str
    priority: int
    frames: str
    frame_count: int
    over_count: int
    """Its frames that are done or have failed."""
    since: datetime
    is_twin: bool
    """Whether it races another chunk for the same frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """A shot with frames to give away, at its place in the line."""

    place: int
    """1 gets the next slot."""
    shot: ShotRow
    slots: int
    """How many it has now."""
    why: str
    """Why it stands before the next one."""
    hindrance: str
    """Why its turn would pass it by now; empty: nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfLine:
    """A shot that is not in line: it waits for something, or is paused."""

    shot: ShotRow
    not_before: datetime | None
    after: tuple[int, ...]
    """Shots that must be completed first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """All of it, each part cut off where it grows long."""

    running: tuple[RunningChunk, ...]
    running_total: int
    line: tuple[InLine, ...]
    line_total: int
    out: tuple[OutOfLine, ...]
    out_total: int
    free_slots: int
    """Of nodes that take work now."""
    slots: int
