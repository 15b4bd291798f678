"""What the planner looks at: frozen views of shots with work, and of nodes that may take it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a node must be to render a shot."""

    tags: frozenset[str] = frozenset()
    """Those it must have, all of them."""
    not_tags: frozenset[str] = frozenset()
    """Those it must not have, any of them."""
    memory_bytes: int = 0
    """The least its machine must have."""
    pool: str = ""
    """The pool it must be of; empty: of none."""
    blender: str = ""
    """Which Blender: `4.5.15`, `4.5`, `any`; empty: the one that saved the file, or newer."""
    device: str = ""
    """`gpu`: it must have one. `cpu` and empty: any node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLot:
    """Pending frames that failed before and keep away from the same nodes."""

    key: str
    avoid: frozenset[str]
    """Names of the nodes that failed them; any may have them when no other node fits."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotView:
    """A shot with pending frames, as the planner sees it."""

    id: int
    priority: int
    submitter: str
    blend: str
    blend_version: str
    output_dir: str
    pending_count: int
    """Frames that may be given away now, retries among them; 0 for a shot that only has slots."""
    held_count: int = 0
    """Frames that wait for other shots' frames; not among the pending."""
    rendering_count: int = 0
    """Frames that nodes have now."""
    retries: tuple[RetryLot, ...] = ()
    banned: frozenset[str] = frozenset()
    """Names of nodes that get no more of it."""
    needs: Needs = Needs()
    max_nodes: int | None = None
    """On how many nodes it may be at a time; None: on any number."""
    on_nodes: tuple[str, ...] = ()
    """Names of the nodes that have its chunks, one for each chunk."""
    limits: frozenset[str] = frozenset()
    """The farm-wide limits that each of its chunks takes one of."""
    weight: float = 1.0
    """How much of the farm its submitter is to have beside others."""
    race: bool = False
    """Whether its last frames may be rendered a second time on slots that would idle."""
    chunk_size: int | None
    seconds_per_frame: float | None
    """Mean over its finished frames, on a node of speed 1; None: none is finished."""
    seconds_spread: float | None = None
    """Standard deviation of those."""
    measured_count: int = 0
    """How many finished frames that is the mean of."""
    busy_slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """An online, enabled node, as the planner sees it."""

    name: str
    slots: int
    free_slots: int
    blender_versions: tuple[str, ...]
    warm: frozenset[str] = frozenset()
    """The .blend files it has open."""
    unwell: frozenset[str] = frozenset()
    """Output folders it cannot write to now."""
    tags: frozenset[str] = frozenset()
    memory_bytes: int = 0
    pool: str = ""
    has_gpu: bool = False
    speed: float = 1.0
    """How fast it renders: a frame takes it `seconds_per_frame / speed`."""
    os: str = ""
    """What its machine runs, such as `Linux 6.1`: it decides how its paths are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The next `frame_count` pending frames of this shot go to this node as one chunk."""

    shot_id: int
    node: str
    frame_count: int
    lot: str = ""
    """Which of its retries they are of; empty: of the frames that never failed."""
