"""Why a shot does not get (more) slots now: what blocks all of it first, then what blocks part."""

from __future__ import annotations

from brender_farm.domain.case import Case
from brender_farm.domain.contest import (
    has_free_slot,
    rooms_for,
    why_busy,
    why_limited,
    why_no_more_nodes,
)
from brender_farm.domain.fit import fits
from brender_farm.domain.gates import why_closed, why_held
from brender_farm.domain.health import why_nobody_plans
from brender_farm.domain.reasons import Reason
from brender_farm.domain.states import UNFINISHED_SHOT_STATES
from brender_farm.domain.unfit import why_no_node_fits, why_not_more_nodes


def why_waiting(case: Case) -> tuple[Reason, ...]:
    """Return the reasons in order of weight; none when nothing holds it back.

    Those that keep away only part of what it could have follow only where something is left to
    give, and are marked so.
    """
    if case.state not in UNFINISHED_SHOT_STATES:
        return ()
    closed = why_closed(case)
    if closed:
        return tuple(closed)
    held = why_held(case)
    if case.shot.pending_count <= 0:
        return tuple(held)
    return (*_why_no_slot(case), *held)


def _why_no_slot(case: Case) -> list[Reason]:
    shot = case.shot
    fitting = [node for node in case.nodes if fits(shot, node)]
    if not fitting:
        return why_no_node_fits(case)
    limited, silent = why_limited(case), why_nobody_plans(case.health)
    rooms = rooms_for(shot, fitting)
    if has_free_slot(shot, rooms) and not limited:
        return silent  # or else the next pass gives it what is free
    return [
        *limited,
        *why_no_more_nodes(case, fitting),
        *silent,
        *why_busy(case, fitting, rooms),
        *why_not_more_nodes(case),
    ]
