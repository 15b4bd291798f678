"""Which of a shot's last frames are worth a second render on slots that would idle: pure functions.

A *straggler* is a live chunk of a shot that has nothing left to give away. Its *twin* is a chunk of
the same frames on another node, begun at the other end, so that the two meet: only the last frame
is rendered twice, and the first proven file of it counts. Stragglers are looked for as in LATE
(Zaharia and others, 2008): by the time they are expected to need still, the longest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from brender_farm.domain.fit import fits
from brender_farm.domain.views import NodeView, ShotView

WORTH = 0.6
"""A twin must need at most this share of the time that its straggler still needs."""
WORTH_S = 1.0
"""Shorter waits are not worth a second chunk."""
OVERDUE = 1.5
"""A frame that takes so many times what is expected may take any time."""
MOST_FRAMES = 50
"""More of a straggler's frames no twin gets."""
_ANY_TIME_S = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Straggler:
    """A live chunk that has no twin, as the planner sees it."""

    chunk_id: int
    shot: ShotView
    node: str
    speed: float
    """Its node's: a frame should take it `seconds_per_frame / speed`."""
    left_count: int
    """Its frames that are not over."""
    over_count: int
    """Its frames that are done or failed."""
    elapsed_s: float
    """Since it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The last `frame_count` frames of this chunk go to this node too."""

    of: int
    shot_id: int
    node: str
    frame_count: int


def may_race(shot: ShotView) -> bool:
    """Tell whether a shot has only frames left that nodes have, and asks for races."""
    return (
        shot.race
        and shot.busy_slots > 0
        and shot.pending_count == 0
        and shot.held_count == 0
        and bool(shot.seconds_per_frame)
    )


def time_left_s(straggler: Straggler) -> float:
    """Return what a straggler is expected to need still, at least; infinite when it is overdue."""
    frame_s = _frame_s(straggler.shot, straggler.speed)
    in_hand_s = max(0.0, straggler.elapsed_s - straggler.over_count * frame_s)
    if in_hand_s > OVERDUE * frame_s:
        return _ANY_TIME_S
    return max(0.0, straggler.left_count * frame_s - in_hand_s)


def twins(
    stragglers: Sequence[Straggler],
    nodes: Iterable[NodeView],
    *,
    room: Mapping[str, int],
) -> list[Twin]:
    """Give slots that would idle to stragglers, the one with most time left first.

    `nodes` have the slots that are free after the plan; `room` says how many more chunks each
    farm-wide limit takes. Each straggler gets one twin at most, on another node than its own.
    """
    free = {node.name: node for node in nodes if node.free_slots > 0}
    left, on_nodes = dict(room), {s.shot.id: list(s.shot.on_nodes) for s in stragglers}
    fastest = max((node.speed for node in free.values()), default=0.0)
    found: list[Twin] = []
    for straggler in sorted(stragglers, key=lambda s: (-time_left_s(s), s.chunk_id)):
        if not _is_worth_it(straggler, fastest):
            continue  # nearly all of them, on a farm with many nodes
        shot = replace(straggler.shot, on_nodes=tuple(on_nodes[straggler.shot.id]))
        if any(left.get(name, 1) <= 0 for name in shot.limits):
            continue
        twin = _twin(straggler, shot, free.values())
        if twin is None:
            continue
        found.append(twin)
        on_nodes[shot.id].append(twin.node)
        left |= {name: left[name] - 1 for name in shot.limits if name in left}
        node = free.pop(twin.node)
        if node.free_slots > 1:
            free[node.name] = replace(node, free_slots=node.free_slots - 1)
    return found


def _twin(straggler: Straggler, shot: ShotView, free: Iterable[NodeView]) -> Twin | None:
    """Return the twin on the node that ends it first, if one is fast enough."""
    fitting = [node for node in free if node.name != straggler.node and _can_have(shot, node)]
    if not fitting:
        return None
    node = min(fitting, key=lambda one: (-one.speed, shot.blend not in one.warm, one.name))
    if not _is_worth_it(straggler, node.speed):
        return None
    frame_s, left_s = _frame_s(shot, node.speed), time_left_s(straggler)
    in_time = straggler.left_count if left_s == _ANY_TIME_S else int(left_s / frame_s)
    count = min(straggler.left_count, MOST_FRAMES, in_time)
    return Twin(of=straggler.chunk_id, shot_id=shot.id, node=node.name, frame_count=count)


def _is_worth_it(straggler: Straggler, speed: float) -> bool:
    left_s = time_left_s(straggler)
    if left_s < WORTH_S or speed <= 0:
        return False
    return _frame_s(straggler.shot, speed) <= WORTH * left_s


def _can_have(shot: ShotView, node: NodeView) -> bool:
    holders = set(shot.on_nodes)
    has_place = shot.max_nodes is None or node.name in holders or len(holders) < shot.max_nodes
    return has_place and fits(shot, node)


def _frame_s(shot: ShotView, speed: float) -> float:
    assert shot.seconds_per_frame is not None
    return shot.seconds_per_frame / speed
