"""What a forecast looks at: shots with frames to go, and the chunks that are on nodes."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.domain.views import ShotView


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotAhead:
    """A shot with frames to render or on nodes."""

    view: ShotView
    """As if nothing held it back: frames that wait for other shots are among the pending."""
    opens_s: float = 0.0
    """From now: when it may start."""
    after: frozenset[int] = frozenset()
    """Shots that end before it starts; one that is not played never ends."""
    beside: frozenset[int] = frozenset()
    """Shots that start before it starts and end before it ends: it follows them frame by frame."""
    is_stopped: bool = False
    """Whether it gets nothing more: only the slots that it has count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A chunk that is on a node."""

    shot_id: int
    node: str
    speed: float
    frame_count: int
    """Its frames that are not over."""
    in_hand_s: float = 0.0
    """What its current frame has taken so far."""
