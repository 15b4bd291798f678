"""What a node is, in one word: what people want of it, crossed with what is seen of it."""

from __future__ import annotations

from enum import StrEnum

from brender_farm.domain.states import NodeIntent


class Standing(StrEnum):
    """The words, in the order in which a list of nodes offers them."""

    RENDERING = "rendering"
    IDLE = "idle"
    UNWELL = "unwell"
    """Idle, and it cannot write to some folder."""
    CLOSED = "closed"
    """Outside its hours."""
    DRAINING = "draining"
    DISABLED = "disabled"
    SICK = "sick"
    """The farm took it out."""
    TROUBLE = "trouble"
    """It cannot render, by its own word."""
    OFFLINE = "offline"


def standing_of(
    *,
    intent: NodeIntent,
    online: bool,
    is_sick: bool,
    in_trouble: bool,
    is_closed: bool,
    is_busy: bool,
    is_unwell: bool,
) -> Standing:
    """Return what weighs most of all that is known of a node."""
    for holds, standing in (
        (is_sick, Standing.SICK),
        (not online, Standing.OFFLINE),
        (intent is NodeIntent.DISABLED, Standing.DISABLED),
        (intent is NodeIntent.DRAINING, Standing.DRAINING),
        (in_trouble, Standing.TROUBLE),
        (is_closed, Standing.CLOSED),
        (is_busy, Standing.RENDERING),
        (is_unwell, Standing.UNWELL),
    ):
        if holds:
            return standing
    return Standing.IDLE
