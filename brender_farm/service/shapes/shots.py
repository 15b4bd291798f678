"""Shots, alone and in lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from brender_farm.domain.reasons import Reason
from brender_farm.domain.shot_filter import ShotFilter
from brender_farm.domain.states import OVER_SHOT_STATES, ShotState
from brender_farm.domain.time_left import TimeLeft
from brender_farm.service.audit_result import AuditResult
from brender_farm.service.render_words import in_words


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
    """What else may be asked for now: rerender, audit, archive, delete."""
    archived: bool = False
    """Whether it is put away: out of the list and its counts."""
    show_id: int | None = None
    show: str = ""
    """Its show's name; empty: of none."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it unless somebody acts."""
        return self.is_halted or self.state in OVER_SHOT_STATES  # a word not known is no end

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
    """Of the finished picture."""
    height: int
    size_given: bool
    """Whether width and height were asked for, or are what the scene says."""
    render: dict[str, Any]
    """What it changes about how the scene is rendered: fields of a request."""
    notes: str
    """What people wrote about it."""
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
    file_prefix: str
    """What stands before the frame number in its files' names."""
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
    edit_tag: str
    """Changes when people change a setting of it, and with nothing else."""
    rev: int
    """Grows with every change of the shot, its chunks or frames."""

    @property
    def render_words(self) -> tuple[str, ...]:
        """What it changes about how the scene is rendered, in words."""
        return in_words(self.render)

    @property
    def snapshot(self) -> bool:
        """Whether it renders from a copy of the .blend that is its own."""
        return self.source_blend is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(ShotFilter):
    """Which part of a list, in which order; as in a page's address."""

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
    """Shots by state, of those that match in all but their state."""
    archived_count: int
    """Shots that are put away, whatever the filter."""
    shows: dict[int, str]
    """Every show's name by its id."""
    tag: str
    """Changes when anything in any shot does."""
    queue_left: TimeLeft | None
    """Until all shots of the farm are done of which that can be told."""
    untold_count: int
    """Shots with frames to go of which it cannot."""
    next_after: tuple[Any, int] | None = None
    """What the list behind this page comes after; None: it is the last, or was not asked for."""
