"""Nodes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from brender_farm.domain.standing import Standing, standing_of
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
    frame_s: float | None
    """For how long it has been at this frame, by its last heartbeat."""
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
    """What a shot may ask for: those that people gave it, or else its own."""
    own_tags: tuple[str, ...]
    """Those that its own settings say (BRENDER_TAGS)."""
    has_given_tags: bool
    """Whether people gave it tags, which count instead of its own."""
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
    warm: tuple[str, ...]
    """The .blend files that a Blender of it has open."""
    restart_asked_at: datetime | None
    """When somebody last asked it to start its Blenders anew."""
    first_seen_at: datetime
    last_seen_at: datetime
    actions: tuple[str, ...]
    """What may be done to it now: enable, drain, disable."""

    @property
    def out_of_hours(self) -> bool:
        """Whether it takes nothing new because of its hours; what it has it finishes."""
        return self.opens_at is not None

    @property
    def standing(self) -> Standing:
        """What it is, in one word."""
        return standing_of(
            intent=self.intent,
            online=self.online,
            is_sick=self.is_sick,
            in_trouble=bool(self.trouble),
            is_closed=self.out_of_hours,
            is_busy=bool(self.work),
            is_unwell=bool(self.unwell),
        )

    @property
    def may_be_forgotten(self) -> bool:
        """Whether the farm may be told that it is gone for good."""
        return not self.online and not self.work


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeList:
    """All nodes, and a tag that changes when any of them does."""

    rows: tuple[NodeRow, ...]
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePace:
    """What a node did lately."""

    done_count: int = 0
    failed_count: int = 0
    """Tries that failed."""
    hours: float = 1.0
    """In how long."""

    @property
    def frames_per_hour(self) -> float:
        return self.done_count / self.hours


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePage:
    """Which part of the nodes, in which order; as in a page's address."""

    search: str = ""
    state: Standing | None = None
    pool: str | None = None
    """Empty: those in no pool; None: any."""
    tag: str = ""
    system: str = ""
    """The first word of what they say of their system, such as Linux."""
    sort: str = ""
    """A column name; `-` before it: descending. Empty: online ones first, then by name."""
    number: int = 1
    size: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePart:
    """One page of nodes, and what there is to choose from."""

    rows: tuple[NodeRow, ...]
    page: NodePage
    total: int
    """Nodes that match."""
    all_count: int
    online_count: int
    counts: dict[Standing, int]
    """Nodes by standing, of those that match in all but that."""
    pools: tuple[str, ...]
    """Every pool that there is, by name; the empty one stands for none."""
    tags: tuple[str, ...]
    systems: tuple[str, ...]
    pace: dict[int, NodePace]
    """By node's id; one that did nothing lately is not in it."""
    tag: str

    def pace_of(self, node_id: int) -> NodePace:
        return self.pace.get(node_id, NodePace())
