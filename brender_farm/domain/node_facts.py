"""What is known of a node in a check: what the farm knows, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reply(StrEnum):
    """What came back from a node."""

    ANSWER = "answer"
    SILENCE = "silence"
    """It did not even say that it begins."""
    NO_ANSWER = "no answer"
    """It began, and was not heard of again in time."""
    STRANGE = "strange"
    """It does not know the question: it runs an older Brender."""
    BUSY = "busy"
    """Too many ask it at once."""
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RootFacts:
    """A folder of the farm, as a node sees it."""

    farm: str
    """Its name on the farm."""
    path: str
    """The same on the node."""
    is_inside: bool = True
    is_there: bool = True
    found: str = ""
    """What the farm's marker in it holds."""
    is_writable: bool = True
    trouble: str = ""
    free_bytes: int | None = None
    total_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFacts:
    """The test frame with one Blender."""

    blender: str
    path: str
    seconds: float = 0.0
    render_s: float = 0.0
    trouble: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAnswer:
    """What a node says of itself."""

    brender: str = ""
    python: str = ""
    clock_ahead_s: float | None = None
    own_roots: tuple[str, ...] = ()
    roots: tuple[RootFacts, ...] = ()
    blenders: tuple[str, ...] = ()
    blender_trouble: str = ""
    frames: tuple[FrameFacts, ...] = ()
    not_tried: str = ""
    temp_free_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFacts:
    """One node: what the farm knows of it, and what it answered."""

    name: str
    is_online: bool = True
    seen_ago_s: float | None = None
    """When it was last heard of; None: unknown."""
    reply: Reply = Reply.ANSWER
    waited_s: float = 0.0
    answer: NodeAnswer | None = None
    count: int = 1
    """How many processes have answered to its name."""
    is_here: bool = False
    """It is this machine, whose node does not run: it was looked at all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RootAsked:
    """A folder that nodes were asked about."""

    farm: str
    show: str = ""
    """Whose root it is; empty: one of the farm's BRENDER_ROOTS."""
    holds: str = ""
    """What the marker in it holds; empty: none could be put there."""
