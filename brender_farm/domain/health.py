"""Why nobody gives slots away at all."""

from __future__ import annotations

from brender_farm.domain.case import Health
from brender_farm.domain.reasons import Reason, ReasonKind, lasting


def why_nobody_plans(health: Health) -> list[Reason]:
    """Say that the scheduler is silent, or cannot reach the broker."""
    if health.scheduler_silent_s is not None:
        return [
            Reason(
                kind=ReasonKind.SCHEDULER,
                text=f"The scheduler has been silent for {lasting(health.scheduler_silent_s)}: "
                "nothing is given away meanwhile.",
                remedy="Start it: brender scheduler.",
            )
        ]
    if not health.scheduler_ran:
        return [
            Reason(
                kind=ReasonKind.SCHEDULER,
                text="The scheduler never ran: nothing is given away without it.",
                remedy="Start it: brender scheduler.",
            )
        ]
    if health.broker_trouble:
        return [
            Reason(
                kind=ReasonKind.BROKER,
                text=f"Nothing reaches the nodes. {health.broker_trouble.rstrip('.')}.",
                remedy="Start the broker again: the farm goes on by itself.",
            )
        ]
    return []
