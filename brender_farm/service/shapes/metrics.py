"""The farm's figures for monitoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from brender_farm.broker.figures import SchedulerFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFigures:
    """One node; figures that it cannot tell are missing."""

    name: str
    online: bool
    slots: int
    busy: int
    sample: Mapping[str, float | None]
    """wire.MachineSample"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmFigures:
    """What the database tells."""

    shots: Mapping[str, int]
    """By state, archived ones left out."""
    frames: Mapping[str, int]
    """Of shots that are not over: pending, held, rendering, done, failed."""
    chunks: Mapping[str, int]
    """That are on nodes: sent, rendering."""
    slots: Mapping[str, int]
    """Of nodes that are online: busy, free, and closed to new work."""
    nodes: Mapping[str, int]
    """By standing."""
    each_node: tuple[NodeFigures, ...]
    """Empty when there are more than was asked for."""
    pass_at: datetime | None
    """End of the scheduler's last pass."""
    database_bytes: int
    webhooks_in_trouble: int
    notices_in_trouble: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerFigures:
    """What the broker tells."""

    answers: bool
    memory_bytes: int = 0
    clients: int = 0
    reports_waiting: int = 0
    scheduler: SchedulerFigures | None = None
    """None: the scheduler has said nothing for a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The whole farm, at one moment."""

    farm: FarmFigures
    broker: BrokerFigures = field(default_factory=lambda: BrokerFigures(answers=False))
