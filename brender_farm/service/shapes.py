"""What the service layer hands out: frozen views of shots, chunks, frames and nodes.

Database rows never leave the service; the dashboard, the API, the command line and
`submit_shot()` see these. Times are aware UTC; None means "not yet" or "not known".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from brender_farm.domain.reasons import Reason
from brender_farm.domain.states import (
    UNFINISHED_SHOT_STATES,
    ChunkState,
    FrameState,
    NodeIntent,
    ShotState,
)
from brender_farm.domain.time_left import TimeLeft
from brender_farm.service.audit_result import AuditResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotRow:
    """A shot as a list shows it."""

    id: int
    name: str
    state: ShotState
    reason: str
    """Why it is paused, failed or cancelled; empty otherwise."""
    is_halted: bool
    """Whether the farm paused it by itself: it waits for somebody."""
    priority: int
    submitter: str
    frame_count: int
    done_count: int
    failed_count: int
    rendering_count: int
    pending_count: int
    seconds_per_frame: float | None
    """Mean over its finished frames."""
    time_left_s: float | None
    """By playing the planner forward; None where that cannot be told."""
    time_left_low_s: float | None
    """It should take at least so long."""
    time_left_high_s: float | None
    """It should take at most so long."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    actions: tuple[str, ...]
    """What may be done to it now: pause, resume, cancel, retry."""
    offers: tuple[str, ...]
    """What else may be asked for now: rerender, audit, delete."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it unless somebody acts."""
        return self.is_halted or self.state not in UNFINISHED_SHOT_STATES

    @property
    def time_left(self) -> TimeLeft | None:
        """The time left with its spread, which can be written as words."""
        s, low_s, high_s = self.time_left_s, self.time_left_low_s, self.time_left_high_s
        if s is None or low_s is None or high_s is None:
            return None
        return TimeLeft(s=s, low_s=low_s, high_s=high_s)

    @property
    def progress(self) -> float:
        """Share of frames that are done, 0.0 to 1.0."""
        return self.done_count / self.frame_count if self.frame_count else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """A node that gets no more of a shot."""

    node: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierShot:
    """A shot that another one comes after."""

    id: int
    name: str
    state: ShotState
    by_frame: bool
    """Whether frame n waits for frame n of it only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotDetail:
    """A shot with everything it was submitted with."""

    row: ShotRow
    blend: str
    blend_version: str
    blend_digest: str
    """BLAKE2b of the .blend that its frames are rendered from."""
    blend_changed: bool
    """Whether a node found another file than that: someone must say what is to happen."""
    source_blend: str | None
    """The file that was submitted, when `blend` is a snapshot of it."""
    scene: str
    frames: str
    format: str
    width: int
    height: int
    chunk_size: int | None
    """Frames per chunk; None: automatic."""
    frame_limit_s: float | None
    """Seconds that one frame may take; None: no limit."""
    memory_limit_bytes: int | None
    """Memory that Blender may take; None: no limit."""
    tags: tuple[str, ...]
    """Tags that a node must have to render it."""
    not_tags: tuple[str, ...]
    min_memory_bytes: int
    """Memory that a node's machine must have; 0: any."""
    max_nodes: int | None
    pool: str
    blender: str
    """Which Blender it wants; empty: the one that saved the file, or newer."""
    device: str
    """`gpu`, `cpu`, or empty: as the scene says."""
    limit_names: tuple[str, ...]
    after: tuple[EarlierShot, ...]
    """The shots it comes after, whether they are finished or not."""
    not_before: datetime | None
    race: bool
    held_count: int
    """Pending frames that wait for the same frame of another shot."""
    ended_chunks: int
    opened_scenes: int
    """For how many of those chunks a Blender had to open the scene."""
    existing: str
    output_dir: str
    padding: int
    warnings: tuple[str, ...]
    waiting: str
    """Why it gets no (more) slots now: the weightiest reason; empty when nothing holds it back."""
    reasons: tuple[Reason, ...]
    """All of them in order of weight, and what would end each."""
    bans: tuple[Ban, ...]
    log_tail: str
    """Blender's last lines at the frame that gave up last; empty while it renders."""
    audit: AuditResult | None
    """What the last comparison of its files with what is recorded found; None: there was none."""
    rev: int
    """Grows with every change of the shot, its chunks or frames."""

    @property
    def snapshot(self) -> bool:
        """Whether it renders from a copy of the .blend that is its own."""
        return self.source_blend is not None


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
class EventRow:
    """One change: who did what, when and why."""

    id: int
    at: datetime
    actor: str
    subject: str
    """`shot`, `chunk`, `node`, `limit` or `share`."""
    subject_id: int
    """0 for limits and shares: they have names, which the reason says."""
    from_state: str
    to_state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list, in which order; as in a page's address."""

    search: str = ""
    state: str = ""
    sort: str = "-id"
    """A column name; `-` before it: descending."""
    number: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotList:
    """One page of shots, how many match in all, and how many there are per state."""

    rows: tuple[ShotRow, ...]
    total: int
    page: Page
    counts: dict[str, int]
    """Shots by state, whatever the filter."""
    tag: str
    """Changes when anything in any shot does."""
    queue_left: TimeLeft | None
    """Until all shots of the farm are done of which that can be told."""
    untold_count: int
    """Shots with frames to go of which it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeList:
    """All nodes, and a tag that changes when any of them does."""

    rows: tuple[NodeRow, ...]
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """Something there is only so much of on the farm."""

    name: str
    slots: int
    """How many chunks may have it at a time; 0 holds all its shots."""
    used: int
    """How many have it now; more than `slots` when it was lowered since."""
    shot_count: int
    """Unfinished shots that name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """How much of the farm somebody is to have, and has."""

    submitter: str
    weight: float
    is_set: bool
    """Whether somebody set it; else it is everybody's 1."""
    slots: int
    """How many slots their shots have now."""
    shot_count: int
    """Their unfinished shots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The farm's limits by name, and shares of all who have one or have shots, by name."""

    limits: tuple[LimitRow, ...]
    shares: tuple[ShareRow, ...]

    @property
    def tag(self) -> str:
        """Changes when any of it does."""
        return hashlib.sha256(repr((self.limits, self.shares)).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmGlance:
    """The farm in one line, for every page's header."""

    nodes_online: int
    nodes_total: int
    slots_busy: int
    slots_total: int
    shots_active: int
    scheduler_seen_at: datetime | None
    """When the scheduler last finished a pass; None if it never ran."""
    scheduler_silent: bool
    """No pass for longer than a working scheduler would ever take."""
    broker_trouble: str
    """Why the scheduler cannot reach the broker; empty when it can."""
