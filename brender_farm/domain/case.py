"""What has to be known to say why a shot waits: frozen, read in one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from brender_farm.domain.dependencies import Awaited
from brender_farm.domain.states import ShotState
from brender_farm.domain.views import NodeView, ShotView


class AwayCause(StrEnum):
    """Why a node takes no work, in the order in which they are told."""

    OFFLINE = "offline"
    TROUBLE = "trouble"
    STOPPING = "stopping"
    CLOSED = "closed"
    """It is outside its hours."""
    DRAINING = "draining"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A node that takes no work now."""

    node: NodeView
    cause: AwayCause
    why: str = ""
    """In the words of the node or of who disabled it; empty where nobody said."""
    since: datetime | None = None
    until: datetime | None = None
    """When it takes work again by itself, in the farm's local time; None: not by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A chunk that has a slot now."""

    shot_id: int
    priority: int
    node: str
    limits: tuple[str, ...] = ()
    """The farm-wide limits that it has one of each."""
    seconds_left: float | None
    """None: no frame of its shot was measured yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitUse:
    """One of the farm-wide limits that a shot takes part in."""

    name: str
    slots: int
    used: int
    by: tuple[int, ...] = ()
    """The shots that have them, most first."""
    free_in_s: float | None = None
    """Until the first of them ends its chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether scheduler and broker are there."""

    scheduler_silent_s: float | None = None
    """For how long a silent scheduler has been silent; None: it is not."""
    scheduler_ran: bool = True
    """Whether it ever ran."""
    broker_trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A shot, and all that decides what it gets."""

    shot: ShotView
    state: ShotState
    now: datetime
    said: str = ""
    """Why it is paused, in the words of who paused it."""
    is_halted: bool = False
    """Whether the farm paused it: its words say what to do."""
    not_before: datetime | None = None
    """In the farm's local time."""
    awaited: Sequence[Awaited] = ()
    nodes: Sequence[NodeView] = ()
    """Those that may take work."""
    away: Sequence[Away] = ()
    limits: Sequence[LimitUse] = ()
    running: Sequence[Running] = ()
    ahead: Sequence[ShotView] = ()
    """Shots of higher priority with frames to give away, the highest first."""
    health: Health = Health()


def seconds_left(
    *, frame_count: int, over_count: int, seconds_per_frame: float | None, elapsed_s: float
) -> float | None:
    """Return how long a chunk still takes.

    `seconds_per_frame` is on its node, `elapsed_s` since it began. The frame that is rendering may
    be over at once and takes no longer than it is expected to.
    """
    left = frame_count - over_count
    if left <= 0:
        return 0.0
    if seconds_per_frame is None:
        return None
    expected = frame_count * seconds_per_frame - elapsed_s
    return min(max(expected, (left - 1) * seconds_per_frame), left * seconds_per_frame)
