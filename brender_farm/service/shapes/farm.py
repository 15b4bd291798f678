"""The farm as a whole: its events, its rules, the farm in one line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


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
