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
    """Its retries among them."""
    retries: tuple[RetryLot, ...] = ()
    banned: frozenset[str] = frozenset()
    """Names of nodes that get no more of it."""
    needs: Needs = Needs()
    max_nodes: int | None = None
    """On how many nodes it may be at a time; None: on any number."""
    on_nodes: frozenset[str] = frozenset()
    """Names of the nodes that have a chunk of it."""
    chunk_size: int | None
    seconds_per_frame: float | None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The next `frame_count` pending frames of this shot go to this node as one chunk."""

    shot_id: int
    node: str
    frame_count: int
    lot: str = ""
    """Which of its retries they are of; empty: of the frames that never failed."""
