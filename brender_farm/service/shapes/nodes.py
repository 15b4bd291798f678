"""Nodes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from brender_farm.domain.states import NodeIntent


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSample:
    """The last figures a node sent of its machine; None where it cannot tell."""

    cpu_pct: float | None = None
    load_1: float | None = None
    memory_used_bytes: int | None = None
    memory_total_bytes: int | None = None
    swap_used_bytes: int | None = None
    disk_free_bytes: int | None = None
    disk_total_bytes: int | None = None
    net_in_bps: float | None = None
    """Bytes a second."""
    net_out_bps: float | None = None
    temperature_c: float | None = None
    gpu_pct: float | None = None
    gpu_memory_used_bytes: int | None = None
    gpu_memory_total_bytes: int | None = None
    gpu_temperature_c: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeWork:
    """One chunk that a node says it is rendering."""

    chunk_id: int
    shot_id: int
    shot_name: str
    frames: str
    frame: int | None
    done_count: int
    frame_count: int
    sample: int | None
    sample_count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnwellFolder:
    """An output folder that a node cannot write to now."""

    folder: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    """A node as the nodes page shows it."""

    id: int
    name: str
    intent: NodeIntent
    reason: str
    """Why it is draining or disabled."""
    online: bool
    slots: int
    work: tuple[NodeWork, ...]
    sample: NodeSample
    hostname: str
    os: str
    cpu_count: int
    blender_versions: tuple[str, ...]
    gpus: tuple[str, ...]
    """The graphics cards that Cycles can render on, by name."""
    tags: tuple[str, ...]
    pool: str
    """It renders only what asks for this pool; empty: only what asks for none."""
    trouble: str
    """What keeps it from rendering, in the node's own words; empty when nothing does."""
    unwell: tuple[UnwellFolder, ...]
    """It gets nothing for these folders; it tries them by itself until they are well again."""
    is_sick: bool
    """Whether the farm took it out because it fails what others can render."""
    hours: str
    """When it takes new work, such as `mon-fri 19:00-08:00, sat-sun`; empty: always."""
    opens_at: datetime | None
    """When it takes new work again; None: it is not outside its hours."""
    first_seen_at: datetime
    last_seen_at: datetime
    actions: tuple[str, ...]
    """What may be done to it now: enable, drain, disable."""

    @property
    def out_of_hours(self) -> bool:
        """Whether it takes nothing new because of its hours; what it has it finishes."""
        return self.opens_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeList:
    """All nodes, and a tag that changes when any of them does."""

    rows: tuple[NodeRow, ...]
    tag: str
