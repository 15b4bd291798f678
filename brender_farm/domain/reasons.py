"""Reasons why a shot waits or a node idles, and the words that they are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

_SHOWN = 3
"""How many nodes or shots a sentence names."""
_STEPS = ((2 * 86_400, 86_400, "days"), (5_400, 3_600, "h"), (90, 60, "min"))


class ReasonKind(StrEnum):
    """What it is that hinders."""

    PAUSED = "paused"
    NOT_BEFORE = "not_before"
    """Its start time has not come."""
    DEPENDENCY = "dependency"
    """Other shots must be completed first."""
    FAILED_DEPENDENCY = "failed_dependency"
    """The same, and one of them failed or was cancelled."""
    HELD_FRAMES = "held_frames"
    """Frames wait for the same frames of another shot."""
    NO_NODE = "no_node"
    """The farm has none."""
    NODES_AWAY = "nodes_away"
    """Nodes are offline, disabled, draining, outside their hours or in trouble."""
    POOL = "pool"
    TAGS = "tags"
    MEMORY = "memory"
    DEVICE = "device"
    VERSION = "version"
    UNWELL = "unwell"
    """Nodes cannot write to the output folder."""
    BANNED = "banned"
    LIMIT = "limit"
    """A farm-wide limit is used up."""
    MAX_NODES = "max_nodes"
    SCHEDULER = "scheduler"
    """It made no pass lately."""
    BROKER = "broker"
    """It does not answer the scheduler."""
    PRIORITY = "priority"
    """Shots of higher priority have the slots."""
    SHARE = "share"
    """Others of the same priority have their share of the slots."""
    BUSY = "busy"
    """The slots are busy, and the next one is this shot's."""
    AVOIDED = "avoided"
    """The frames left failed on this node: others try them next."""
    NO_WORK = "no_work"
    """No shot has a frame to give away."""


FARM_WIDE = frozenset({ReasonKind.NO_WORK, ReasonKind.SCHEDULER, ReasonKind.BROKER})
"""What leaves every node without work alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that hinders, and what would end it."""

    kind: ReasonKind
    text: str
    remedy: str = ""
    """What to do next; empty where there is nothing to do but to wait."""
    free_in_s: float | None = None
    """Seconds until something changes by itself, at the earliest; None: unknown."""
    is_partial: bool = False
    """Whether it keeps away only some of what could be had."""
    nodes: tuple[str, ...] = ()
    """The nodes that the sentences name."""

    @property
    def sentence(self) -> str:
        """The reason and its remedy as one text."""
        return f"{self.text} {self.remedy}".rstrip()


def listed(names: Iterable[str], *, total: int | None = None) -> str:
    """Name at most three: `a`, `a and b`, `a, b, c and 4 more`. `total`: how many there are."""
    known = list(names)
    total = len(known) if total is None else total
    shown = known[:_SHOWN]
    if total > len(shown):
        return f"{', '.join(shown)} and {total - len(shown)} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def listed_shots(shot_ids: Collection[int]) -> str:
    """Name at most three shots by number."""
    return listed(f"shot {shot_id}" for shot_id in shot_ids)


def shown(names: Iterable[str]) -> tuple[str, ...]:
    """Return those that `listed` names."""
    return tuple(names)[:_SHOWN]


def counted(count: int, noun: str) -> str:
    """Write a number with its noun: `1 node`, `5 nodes`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def lasting(seconds: float) -> str:
    """Write a time as people say it: `40 s`, `4 min`, `3 h`, `2 days`."""
    for least, unit, name in _STEPS:
        if seconds >= least:
            return f"{round(seconds / unit)} {name}"
    return f"{round(seconds, -1 if seconds >= 10 else 0):.0f} s"


def in_about(seconds: float) -> str:
    """Write when something will be: `in a few seconds`, `in about 4 min`."""
    return "in a few seconds" if seconds < 10 else f"in about {lasting(seconds)}"


def gigabytes(byte_count: int) -> str:
    return f"{byte_count / 1e9:.3g} GB"
