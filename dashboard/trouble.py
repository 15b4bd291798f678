"""What is wrong with the farm as a whole, in plain words, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.config import Settings
from brender_farm.service.shapes.farm import FarmGlance


@dataclass(frozen=True, slots=True)
class FarmWarning:
    """What is wrong, what to do, and whether rendering stands still because of it."""

    message: str
    remedy: str
    severe: bool = True


def farm_warning(glance: FarmGlance, settings: Settings) -> FarmWarning | None:
    """Return the most important thing that is wrong, or None."""
    if glance.scheduler_silent:
        return FarmWarning(
            "The scheduler is silent: nothing new starts, and results are not recorded.",
            "See what its process says, or start it again with “brender up”. "
            "Frames that are rendering go on, and no result is lost.",
        )
    if glance.broker_trouble:
        return FarmWarning(
            f"The scheduler cannot reach the broker: {glance.broker_trouble.rstrip('.')}.",
            "Start Redis again or check BRENDER_BROKER_URL. Work goes on by itself afterwards.",
        )
    if glance.nodes_total == 0:
        return FarmWarning(
            "No node has joined this farm yet, so nothing renders.",
            f"Start one with “brender worker” here, or on a machine that sees {_roots(settings)}.",
            severe=False,
        )
    if glance.nodes_online == 0:
        return FarmWarning(
            f"No node is online (of {glance.nodes_total}), so nothing renders.",
            "Start “brender worker” on one of them; the nodes page says when each was last seen.",
        )
    return None


def _roots(settings: Settings) -> str:
    return " and ".join(str(root) for root in settings.roots)
