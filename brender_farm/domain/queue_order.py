"""The order in which shots get their next slot, and why it is that order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brender_farm.domain.line import Line
from brender_farm.domain.room import Room
from brender_farm.domain.views import ShotView

HIGHEST = 100
"""The highest priority a shot can have; the lowest is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A shot's place in the line."""

    shot: ShotView
    why: str
    """Why it stands before the next one."""
    hindrance: str
    """Why its turn would pass it by now; empty: the next slot that fits is its own."""


@dataclass(frozen=True, slots=True)
class _Has:
    """What counted when a shot's turn came."""

    slots: int
    """Of its submitter."""
    share: float
    busy: int
    """Slots of its own."""


def in_order(
    shots: Sequence[ShotView], room: Room, limits: Mapping[str, int], *, most: int
) -> list[Standing]:
    """Return the first `most` shots with frames to give away, as their turns come.

    Each place reckons that the shots before it have got a slot.
    """
    line, found = Line(shots), list[Standing]()
    used = Counter[str]()
    for shot in shots:
        used.update(dict.fromkeys(shot.limits, shot.busy_slots))
    turn = line.first()
    while turn is not None and len(found) < most:
        has = _Has(
            line.slots_of(turn.submitter), line.share(turn.submitter), line.shot_busy[turn.id]
        )
        line.leave(turn)
        line.take(turn)
        after = line.first()
        hindrance = _hindrance(turn, room, limits, used)
        found.append(Standing(shot=turn, why=_why(turn, has, after, line), hindrance=hindrance))
        turn = after
    return found


def priority_between(above: int | None, below: int | None) -> int:
    """Return the priority that puts a shot between two others; None: there is nobody.

    Where the two are equal it is theirs: between equal priorities shares decide.
    """
    if below is None:
        return max(0, (above if above is not None else 51) - 1)
    if above is None:
        return min(HIGHEST, below + 1)
    return min(above, below + 1) if above > below else below


def _why(shot: ShotView, had: _Has, other: ShotView | None, line: Line) -> str:
    """Say what puts a shot before the next one, by what it had when its turn came."""
    if other is None:
        return "The last in line."
    if other.priority < shot.priority:
        return f"Priority {shot.priority} is higher than {other.priority}."
    if shot.submitter != other.submitter and had.share < line.share(other.submitter):
        theirs = line.slots_of(other.submitter)
        return (
            f"{shot.submitter} has {_slots(had.slots)}{_weighing(shot)}, "
            f"{other.submitter} {theirs or 'none'}{_weighing(other)}."
        )
    others = line.shot_busy[other.id]
    if had.busy < others:
        return f"It has {_slots(had.busy)}, #{other.id} has {others}."
    return f"Submitted before #{other.id}; all else is equal."


def _slots(count: int) -> str:
    return "no slot" if count == 0 else "1 slot" if count == 1 else f"{count} slots"


def _weighing(shot: ShotView) -> str:
    return "" if shot.weight == 1.0 else f" at weight {shot.weight:g}"


def _hindrance(
    shot: ShotView, room: Room, limits: Mapping[str, int], used: Mapping[str, int]
) -> str:
    full = [name for name in sorted(shot.limits) if name in limits and used[name] >= limits[name]]
    if full:
        return f"The limit {full[0]} is used up: {used[full[0]]} of {limits[full[0]]}."
    if shot.max_nodes is not None and len(set(shot.on_nodes)) >= shot.max_nodes:
        nodes = "1 node" if shot.max_nodes == 1 else f"{shot.max_nodes} nodes"
        return f"It may be on {nodes} at a time, and is; no other gets any of it."
    if not room.has_other(shot, frozenset()):
        return "No node that takes work now fits it."
    return ""
