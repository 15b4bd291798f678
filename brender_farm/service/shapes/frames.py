"""Frames and chunks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from brender_farm.domain.states import ChunkState, FrameState


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCell:
    """A frame as the grid shows it."""

    frame: int
    state: FrameState
    chunk_id: int | None
    node: str | None
    seconds: float | None
    byte_count: int | None
    peak_bytes: int | None
    tries: int
    reason: str
    """The last failure's reason, or a flag such as "all black"; empty otherwise."""
    log_tail: str
    """Blender's last lines when it failed last."""
    files: tuple[str, ...]
    """What was published beside the picture, relative to the output folder."""
    tag: str
    """Changes when the picture does; part of the thumbnail's address. Empty when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FramePage:
    """Part of a shot's frames, in rendering order."""

    cells: tuple[FrameCell, ...]
    offset: int
    total: int
    next_after: int | None = None
    """What the part behind this one comes after; None: this is the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRun:
    """Neighbouring frames of one state; `start` and `count` are places in rendering order."""

    state: FrameState
    start: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkRow:
    """A chunk as the shot's page shows it."""

    id: int
    shot_id: int
    node: str
    state: ChunkState
    frames: str
    frame_count: int
    done_count: int
    failed_count: int
    twin_of: int | None
    """The chunk that it races for the same frames."""
    reason: str
    sent_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
