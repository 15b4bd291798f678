"""Frames that take far too long, frames that failed, and what was done about one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from brender_farm.domain.explain import Explanation
from brender_farm.service.log_words import NO_WORDS, LogWords
from brender_farm.service.shapes.shots import ShotRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckFrame:
    """A frame that has been rendering for far longer than its shot's frames usually take."""

    shot_id: int
    shot_name: str
    submitter: str
    """Whose shot it is."""
    frame: int
    chunk_id: int
    node_id: int
    node: str
    since: datetime
    frame_s: float
    """For how long it has been rendering, in seconds."""
    usual_s: float
    """What the shot's finished frames say it should take on this node."""
    sample: int | None
    sample_count: int | None
    actions: tuple[str, ...]
    """What may be done about it: elsewhere, pause."""
    log: Path
    words: LogWords = NO_WORDS

    @property
    def times(self) -> float:
        """How many times as long as usual it takes so far."""
        return self.frame_s / self.usual_s if self.usual_s else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowFrame:
    """A finished frame that took far longer than the frames beside it."""

    shot_id: int
    shot_name: str
    submitter: str
    """Whose shot it is."""
    frame: int
    chunk_id: int
    node: str
    seconds: float
    usual_s: float
    """What its neighbours would take on this node."""
    at: datetime
    may_rerender: bool

    @property
    def times(self) -> float:
        return self.seconds / self.usual_s if self.usual_s else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckList:
    """Every stuck frame, longest first."""

    rows: tuple[StuckFrame, ...]
    factor: float
    """So many times as long as usual is too long (setting slow_factor)."""
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A frame that was taken from a node."""

    shot: ShotRow
    frame: int
    node: str
    """Where it is to go last of all."""
    has_others: bool
    """Whether other nodes take work now; else it may come back to this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A frame that gave up, or that failed and is to be tried again."""

    shot_id: int
    shot_name: str
    submitter: str
    """Whose shot it is."""
    frame: int
    gave_up: bool
    """Whether it is tried no more; else it waits for another try."""
    tries: int
    node: str
    """Where it failed last; empty when that is not known."""
    chunk_id: int | None
    reason: str
    last_line: str
    """The last line of Blender's output."""
    errors: tuple[str, ...]
    """The last of its lines that tell of trouble, oldest first."""
    explanation: Explanation | None
    actions: tuple[str, ...]
    """What may be done about it: rerender, pause (its shot)."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureList:
    """The newest failures, newest first."""

    rows: tuple[Failure, ...]
    total: int
    """Frames that gave up, on the whole farm."""
    tag: str
