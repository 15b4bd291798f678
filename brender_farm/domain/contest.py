"""Who has what a shot could have: limits, its number of nodes, the slots that fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from brender_farm.domain.case import Case, LimitUse, Running
from brender_farm.domain.fit import fits
from brender_farm.domain.reasons import (
    Reason,
    ReasonKind,
    counted,
    in_about,
    lasting,
    listed,
    listed_shots,
    shown,
)
from brender_farm.domain.views import NodeView, ShotView

_K = ReasonKind
_HIGHEST = 100


def why_limited(case: Case) -> list[Reason]:
    """Say which farm-wide limits are used up."""
    return [_full(limit, case.shot) for limit in case.limits if limit.used >= limit.slots]


def why_no_more_nodes(case: Case, fitting: Sequence[NodeView]) -> list[Reason]:
    """Say that it is on as many nodes as it may be; nothing where it could have no more anyway."""
    shot = case.shot
    others = [node for node in fitting if node.name not in shot.on_nodes]
    if not is_on_all_it_may(shot) or not others:
        return []
    return [
        Reason(
            kind=_K.MAX_NODES,
            text=(
                f"It is on {counted(len(set(shot.on_nodes)), 'node')}, as many as it may have; "
                f"{counted(len(others), 'more node')} would fit."
            ),
            remedy="It goes on there as their slots become free.",
        )
    ]


def is_on_all_it_may(shot: ShotView) -> bool:
    """Tell whether it has reached its own limit of nodes."""
    return shot.max_nodes is not None and len(set(shot.on_nodes)) >= shot.max_nodes


def rooms_for(shot: ShotView, fitting: Sequence[NodeView]) -> list[NodeView]:
    """Return the nodes that may have its next chunk: not those that failed the frames left."""
    normal = shot.pending_count - sum(lot.count for lot in shot.retries)
    if normal > 0 or not shot.retries:
        return list(fitting)
    names: set[str] = set()
    for lot in shot.retries:
        others = {node.name for node in fitting} - lot.avoid
        names |= others or {node.name for node in fitting}
    return [node for node in fitting if node.name in names]


def has_free_slot(shot: ShotView, rooms: Sequence[NodeView]) -> bool:
    """Tell whether one of these nodes has a slot that the shot's number of nodes lets it have."""
    kept = is_on_all_it_may(shot)
    return any(node.free_slots > 0 and (not kept or node.name in shot.on_nodes) for node in rooms)


def why_busy(case: Case, fitting: Sequence[NodeView], rooms: Sequence[NodeView]) -> list[Reason]:
    """Say who has the slots that fit; nothing where they are all its own."""
    shot, names = case.shot, {node.name for node in rooms}
    slots = sum(node.slots for node in rooms)
    there = [chunk for chunk in case.running if chunk.node in names]
    holders = [chunk for chunk in there if chunk.shot_id != shot.id]
    mine = len(there) - len(holders)
    if mine >= slots or any(node.free_slots > 0 for node in rooms):
        return []
    kind, free_in_s = _kind(shot, holders), _soonest(holders)
    lead = _lead(case, fitting) if len(rooms) == len(fitting) else _retry_lead(shot, rooms)
    ahead = [other for other in case.ahead if any(fits(other, node) for node in rooms)]
    return [
        Reason(
            kind=kind,
            text=f"{lead} {_held_by(holders, mine)}. {_next(ahead, free_in_s)}".rstrip(),
            remedy=_remedy(kind, holders, ahead),
            free_in_s=free_in_s,
            nodes=shown(sorted(names)) if len(rooms) < len(fitting) else (),
        )
    ]


def _full(limit: LimitUse, shot: ShotView) -> Reason:
    if limit.slots == 0:
        return Reason(
            kind=_K.LIMIT,
            text=f"The limit {limit.name} is set to 0: nothing that takes part in it starts.",
            remedy=f"Raise it: brender limits set {limit.name} 1",
        )
    by = " by this shot" if limit.by == (shot.id,) else f" by {listed_shots(limit.by)}"
    soon = "" if limit.free_in_s is None else f" Earliest free {in_about(limit.free_in_s)}."
    return Reason(
        kind=_K.LIMIT,
        text=(
            f"The limit {limit.name} is full: {limit.used} of {limit.slots} are in use"
            f"{by if limit.by else ''}.{soon}"
        ),
        remedy=f"Wait, or raise it: brender limits set {limit.name} {limit.used + 1}",
        free_in_s=limit.free_in_s,
    )


def _kind(shot: ShotView, holders: Sequence[Running]) -> ReasonKind:
    if holders and all(chunk.priority > shot.priority for chunk in holders):
        return _K.PRIORITY
    equals = [chunk for chunk in holders if chunk.priority == shot.priority]
    lower = any(chunk.priority < shot.priority for chunk in holders)
    return _K.SHARE if equals and not lower else _K.BUSY


def _lead(case: Case, fitting: Sequence[NodeView]) -> str:
    count, online = len(fitting), len(case.nodes)
    if count == online:
        return "The one node online is" if count == 1 else f"All {count} nodes online are"
    if count == 1:
        return f"1 of {online} nodes online fits; it is"
    return f"{count} of {online} nodes online fit; {'both' if count == 2 else 'all'} are"


def _retry_lead(shot: ShotView, rooms: Sequence[NodeView]) -> str:
    """Say that only frames are left that keep away from the nodes that failed them."""
    count = shot.pending_count
    wait = "frame that failed waits" if count == 1 else "frames that failed wait"
    names = listed(sorted(node.name for node in rooms))
    others, are = ("another node", "is") if len(rooms) == 1 else ("other nodes", "are")
    return f"{count:,} {wait} for {others}: {names} {are}"


def _held_by(holders: Sequence[Running], mine: int) -> str:
    """Say what is rendered on the slots that fit, this shot first, then who has most."""
    if not holders:
        return "busy"
    slots = Counter((chunk.shot_id, chunk.priority) for chunk in holders)
    most = sorted(slots, key=lambda holder: (-slots[holder], holder))
    if len(most) == 1 and not mine:
        return "rendering shot {} (priority {})".format(*most[0])
    own = [f"this shot ({counted(mine, 'slot')})"] if mine else []
    each = [
        f"shot {shot_id} (priority {priority}, {counted(slots[shot_id, priority], 'slot')})"
        for shot_id, priority in most
    ]
    return f"rendering {listed(own + each)}"


def _soonest(holders: Sequence[Running]) -> float | None:
    times = [chunk.seconds_left for chunk in holders if chunk.seconds_left is not None]
    return min(times, default=None)


def _next(ahead: Sequence[ShotView], free_in_s: float | None) -> str:
    """Say when the next slot is free, and who has it then if not this shot."""
    when = "" if free_in_s is None else f" {in_about(free_in_s)}"
    if not ahead:
        return f"Earliest free{when}." if when else ""
    slot = f"The next slot,{when}," if when else "The next slot"
    if len(ahead) > 1:
        names = listed_shots([shot.id for shot in ahead])
        return f"{slot} goes to one of {len(ahead)} shots of higher priority: {names}."
    first = ahead[0]
    left = counted(first.pending_count, "frame")
    return f"{slot} goes to shot {first.id}, which has {left} left to give{_pace(first)}."


def _pace(shot: ShotView) -> str:
    if shot.seconds_per_frame is None or not shot.busy_slots:
        return ""
    seconds = shot.pending_count * shot.seconds_per_frame / shot.busy_slots
    return f" ({lasting(seconds)} at its pace)"


def _remedy(kind: ReasonKind, holders: Sequence[Running], ahead: Sequence[ShotView]) -> str:
    if kind is _K.BUSY and not ahead:
        return "It takes the next slot that is free."
    if kind is _K.SHARE and not ahead:
        return "Shots of one priority share the slots; a higher one takes the next."
    highest = max([shot.priority for shot in ahead] + [chunk.priority for chunk in holders])
    if highest < _HIGHEST:
        return f"To go first, give it a priority above {highest}."
    return f"To share with it, give it priority {_HIGHEST}."
