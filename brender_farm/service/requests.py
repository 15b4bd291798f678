"""What a submission asks for: one shape behind the Python API, the CLI, the form and the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from brender_farm.service.shapes.shots import ShotRow
from brender_farm.wire import RenderChanges


class Existing(StrEnum):
    """What to do with an output folder that already holds frames."""

    NEW_VERSION = "new-version"
    """Render into the next free `v001`, `v002`, … inside it."""
    MISSING = "missing"
    """Render only the frames that are not there or cannot be decoded."""
    OVERWRITE = "overwrite"
    """Render all; each old file stays until the new one is proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotRequest:
    """A shot to submit. What is None comes from the .blend itself."""

    blend: str
    frames: str | None = None
    """Frame notation such as `1-48`, `1-100x2`, `1-100:10`."""
    name: str | None = None
    output: str | None = None
    """Folder; None: `renders/<name>/v001` (or the next free version) beside the .blend."""
    priority: int = 50
    """0 to 100; higher goes first."""
    chunk_size: int | str = "auto"
    """Frames per chunk, 1 or more, or `auto`."""
    format: str | None = None
    scene: str | None = None
    width: int | None = None
    """Pixels of the finished picture; given together with `height`, or neither."""
    height: int | None = None
    existing: str = Existing.NEW_VERSION
    snapshot: bool = False
    """Render from a copy of the .blend, made now beside it, so that it may be worked on."""
    frame_limit_s: float | None = None
    """Seconds that one frame may take; None: no limit."""
    memory_limit_gb: float | None = None
    """GB (10⁹ bytes) of memory that Blender may take; None: no limit."""
    tags: str | None = None
    """Tags that a node must have, with commas between; `!` before one: must not have."""
    min_memory_gb: float | None = None
    """GB that a node's machine must have at least; None: any."""
    max_nodes: int | None = None
    """On how many nodes it may be at a time; None: on any number."""
    pool: str | None = None
    """The pool whose nodes are to render it; None: the nodes that are in no pool."""
    blender: str | None = None
    """`4.5.15` exactly, any `4.5`, or `any`; None: the version that saved the file, or newer."""
    device: str | None = None
    """`gpu` or `cpu`; None: as the scene says, on any node."""
    limits: str | None = None
    """Farm-wide limits that it takes part in, with commas between."""
    first: str | None = None
    """Frames to render before the others: notation, `ends`, or `x10` for every tenth."""
    after: Sequence[int] | str | None = None
    """Shots that must be completed before it starts: numbers."""
    after_frames: Sequence[int] | str | None = None
    """Shots of which frame n must be done before its frame n starts: numbers."""
    not_before: datetime | str | None = None
    """When it may start; a time without a zone is the farm's local time."""
    race: bool = False
    """Render its last frames a second time on slots that would idle: the first to finish wins."""
    show: str | None = None
    """The show it belongs to, by name; None: the one whose root holds the .blend, if any."""
    preset: str | None = None
    """Render settings to fill in where nothing is asked for, by name; None: the show's."""
    engine: str | None = None
    """`CYCLES`, `EEVEE` or `WORKBENCH`; None: as the scene says."""
    percentage: int | None = None
    """Of the scene's resolution, or of `width` and `height`."""
    samples: int | None = None
    denoise: bool | None = None
    camera: str | None = None
    view_layers: Sequence[str] | str | None = None
    """The only view layers to render, by name (text: commas between); None: as the scene says."""
    color_depth: str | None = None
    """Bits a channel, as the format offers them."""
    quality: int | None = None
    """1 to 100, of lossy formats."""
    compression: int | None = None
    """0 to 100, of PNG."""
    exr_codec: str | None = None
    notes: str | None = None
    """A few words for people."""
    strict: bool = False
    """Refuse the shot for what would otherwise be a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What became of a submission."""

    shot: ShotRow
    output_dir: str
    warnings: tuple[str, ...]
    is_replayed: bool = False
    """Whether an earlier submission with the same key made the shot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A request understood: everything filled in, nothing stored yet."""

    blend: str
    blend_size_bytes: int
    blend_mtime_ns: int
    blend_version: str
    name: str
    scene: str
    scenes: tuple[str, ...]
    frames: str
    frame_count: int
    width: int
    height: int
    size_given: bool
    format: str
    output_dir: str
    """The folder that frames go to, its version included."""
    priority: int
    chunk_size: int | None
    existing: Existing
    snapshot: bool
    frame_limit_s: float | None
    memory_limit_bytes: int | None
    tags: tuple[str, ...]
    not_tags: tuple[str, ...]
    min_memory_bytes: int
    max_nodes: int | None
    pool: str
    blender: str
    device: str
    limit_names: tuple[str, ...]
    after: tuple[int, ...]
    after_frames: tuple[int, ...]
    not_before: datetime | None
    race: bool
    show_id: int | None
    file_prefix: str
    """What stands before the frame number in its files' names."""
    padding: int
    """Digits of that number; larger ones take more."""
    render: RenderChanges
    notes: str
    warnings: tuple[str, ...]
