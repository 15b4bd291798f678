"""How each part of the farm is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from brender_farm.broker.refusals import Refusal
from brender_farm.service.disks import DiskRoom
from brender_farm.service.trouble import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLength:
    """Messages that wait in a queue."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerCondition:
    """Redis or Valkey, by its own word."""

    trouble: str = ""
    """Why it does not answer; then all else is empty."""
    address: str = ""
    """Without its password."""
    kind: str = ""
    """Redis or Valkey."""
    version: str = ""
    ping_s: float | None = None
    memory_bytes: int = 0
    memory_limit_bytes: int = 0
    """0: none."""
    policy: str = ""
    """What it does when its memory is full."""
    is_persistent: bool = False
    """Whether it keeps its queues on disk (AOF)."""
    up_s: int = 0
    clients: int = 0
    reports_waiting: int = 0
    """In queue `farm`."""
    queues: tuple[QueueLength, ...] = ()
    """Of the nodes, where they are not empty; the longest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCondition:
    """SQLite or PostgreSQL."""

    trouble: str = ""
    """Why it does not answer; then all else is empty."""
    kind: str = ""
    version: str = ""
    address: str = ""
    """Its file, or its address without the password."""
    size_bytes: int | None = None
    free_bytes: int | None = None
    """On the disk of its file; None: it is elsewhere."""
    revision: str = ""
    """Which migration was the last."""
    answer_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerCondition:
    """The scheduler, by the database and its own word."""

    seen_at: datetime | None = None
    """The end of its last pass."""
    is_silent: bool = True
    broker_trouble: str = ""
    """Why it cannot reach the broker."""
    pass_s: float | None = None
    """How long its passes took in the last minute; None: it has not said."""
    longest_s: float | None = None
    version: str = ""
    hostname: str = ""
    started_at: datetime | None = None
    refusals: tuple[Refusal, ...] = ()
    """Messages that it did not believe in the last minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCount:
    """How many nodes have one version of something."""

    version: str
    count: int
    nodes: tuple[str, ...]
    """Some of their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOff:
    """A node whose clock differs from the broker's."""

    node: str
    ahead_s: float
    """Negative: it is behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesCondition:
    """All nodes together."""

    total: int = 0
    online: int = 0
    slots: int = 0
    """Of those that are online."""
    versions: tuple[VersionCount, ...] = ()
    """Of Brender on nodes that are online, the most usual first."""
    blenders: tuple[VersionCount, ...] = ()
    """Of Blender on nodes that are online; a node may have several."""
    clocks: tuple[ClockOff, ...] = ()
    """Those that differ by more than a few seconds, the furthest off first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisksCondition:
    """The disks under the roots, as the dashboard's machine sees them."""

    rooms: tuple[DiskRoom, ...] = ()
    missing: tuple[str, ...] = ()
    """Roots that are not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowerCondition:
    """Celery's monitor."""

    answers: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCondition:
    """The process that answers."""

    version: str
    python: str
    hostname: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The whole farm. A part that is None has not answered in time."""

    troubles: tuple[Trouble, ...]
    """What is wrong, the worst first."""
    broker: BrokerCondition | None
    database: DatabaseCondition | None
    scheduler: SchedulerCondition | None
    nodes: NodesCondition | None
    disks: DisksCondition | None
    flower: FlowerCondition | None
    dashboard: OwnCondition
    looked_at: datetime

    @property
    def is_well(self) -> bool:
        return not self.troubles

    def state_of(self, part: str) -> str:
        """Return how a part is: well, warning, bad; unknown when it did not answer in time."""
        if getattr(self, part) is None:
            return "unknown"
        severe = [trouble.severe for trouble in self.troubles if trouble.part == part]
        return "well" if not severe else "bad" if any(severe) else "warning"
