"""How a shot or a node stands, in one sentence above its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from brender_farm.domain.away import state_words
from brender_farm.domain.case import Away, Case
from brender_farm.domain.fit import fits
from brender_farm.domain.reasons import Reason, counted
from brender_farm.domain.states import UNFINISHED_SHOT_STATES
from brender_farm.domain.views import NodeView


def verdict(case: Case, reasons: Sequence[Reason]) -> str:
    """Say how a shot stands: finished, held back, or with all it can have."""
    shot = case.shot
    if case.state not in UNFINISHED_SHOT_STATES:
        return f"It is {case.state}: nothing of it waits."
    waiting = shot.pending_count + shot.held_count
    if any(not reason.is_partial for reason in reasons):
        return f"{_frames(waiting)}."
    if waiting <= 0:
        return f"Nothing of it waits: its last {counted(shot.rendering_count, 'frame')} render now."
    free = sum(max(0, node.free_slots) for node in case.nodes if fits(shot, node))
    if free:
        return f"Nothing holds it back: {_slots(free)}, and it gets its share in a moment."
    has = (
        "the one slot that fits"
        if shot.busy_slots == 1
        else f"all {shot.busy_slots} slots that fit"
    )
    return f"Nothing holds it back: it has {has}."


def idle_verdict(
    node: NodeView, away: Away | None, reasons: Sequence[Reason], now: datetime
) -> str:
    """Say how a node stands: away, busy, or with slots that get nothing."""
    if away is not None:
        return f"It takes no work: it is {state_words(away, now)}."
    if node.free_slots <= 0:
        return "It is busy." if node.slots == 1 else f"All its {node.slots} slots are busy."
    idle = f"{node.free_slots} of its {node.slots} slots" if node.slots > 1 else "Its one slot"
    are = "is" if node.free_slots == 1 else "are"
    if not reasons:
        return f"{idle} {are} free, and get work in a moment."
    return f"{idle} {are} idle."


def _frames(count: int) -> str:
    return "1 frame waits" if count == 1 else f"{count:,} frames wait"


def _slots(count: int) -> str:
    return "1 slot that fits is free" if count == 1 else f"{count} slots that fit are free"
