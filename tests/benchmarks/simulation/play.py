"""Plays a farm: an event queue, the real planner, the real rule for races, imagined frames.

What ends within the same second is planned together, as by a scheduler that is busy; a farm that
is quiet plans at once. Opening a scene that is not warm costs time, some frames fail and are tried
elsewhere, nodes vanish and are missed after a while. What a node's speed is the farm learns from
its finished frames, as the recorder does.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from brender_farm.domain.pace import LEARN_EVERY, learnt_speed
from brender_farm.domain.planning import Planner
from brender_farm.domain.racing import Twin, may_race, twins
from brender_farm.domain.views import Assignment
from tests.benchmarks.simulation.account import Account
from tests.benchmarks.simulation.chunk import Chunk, can_be_beaten
from tests.benchmarks.simulation.world import DAY_S, Node, Shot, World

TICK_S = 1.0
NOISE = 0.15
FAILS = 0.002
"""Share of frames that fail and are tried again."""
VANISHES_PER_DAY = 0.05
"""Of each node."""
AWAY_S = 600.0
NOTICED_S = 11.0
LOOK_AGAIN_S = 10.0

_Event = tuple[float, int, Callable[..., None], tuple[object, ...]]


@dataclass(slots=True)
class Play:
    """One play of a world, and what came of it."""

    world: World
    seed: int = 0
    now_s: float = 0.0
    account: Account = field(init=False)
    live: dict[int, Chunk] = field(default_factory=dict)
    active: dict[int, Shot] = field(default_factory=dict)
    """Shots that have frames to give away, or slots."""
    _events: list[_Event] = field(default_factory=list)
    _turns: itertools.count[int] = field(default_factory=itertools.count)
    _planned_s: float = -TICK_S
    dice: random.Random = field(init=False)
    nodes: dict[str, Node] = field(init=False)
    shots: dict[int, Shot] = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.nodes = {node.view.name: node for node in self.world.nodes}
        self.shots = {shot.view.id: shot for shot in self.world.shots}
        self.account = Account(len({shot.view.submitter for shot in self.world.shots}))
        for shot in self.world.shots:
            self._at(shot.arrives_s, self._arrive, shot)
        for node in self.world.nodes:
            if node.hours is not None:
                self._at(node.hours[0], self._nothing)
            if self.world.is_frail and self.dice.random() < VANISHES_PER_DAY:
                self._at(self.dice.uniform(0, DAY_S), self._vanish, node)

    def run(self, until_s: float = float("inf")) -> Play:
        """Play until then, or until nothing is left to do."""
        while self._events:
            plan_s = max(self._events[0][0], self._planned_s + TICK_S)
            if plan_s > until_s:
                break
            while self._events and self._events[0][0] <= plan_s:
                self.now_s, _, happen, what = heapq.heappop(self._events)
                happen(*what)
            self.now_s = plan_s
            self._plan()
            self._planned_s = plan_s
        return self

    def _plan(self) -> None:
        account = self.account
        account.pass_time(self.now_s, self.active.values())
        views = [node.seen() for node in self.nodes.values() if node.is_there(self.now_s)]
        if not any(view.free_slots > 0 for view in views) or not self.active:
            return
        shots = [shot.seen() for shot in self.active.values()]
        planner = Planner(shots, views, limits=self.world.limits)
        account.passes += 1
        while (assignment := planner.next()) is not None:
            self._begin(assignment)
        if planner.room.count and any(view.race for view in shots):
            self._race()

    def _begin(self, assignment: Assignment) -> None:
        shot, node = self.shots[assignment.shot_id], self.nodes[assignment.node]
        avoid = frozenset(assignment.lot.split(",")) if assignment.lot else None
        if avoid is None:
            shot.fresh -= assignment.frame_count
        else:
            shot.lots -= {avoid: assignment.frame_count}  # type: ignore[assignment]
        chunk = self._chunk(shot, node, assignment.frame_count, avoid)
        shot.first_s = self.now_s if shot.first_s is None else shot.first_s
        self._at(chunk.ends_s, self._end, chunk)

    def _chunk(self, shot: Shot, node: Node, frames: int, avoid: frozenset[str] | None) -> Chunk:
        """Take a slot for so many frames of a shot."""
        seconds = [
            max(0.02, shot.frame_s * self.dice.gauss(1, NOISE) / node.speed) for _ in range(frames)
        ]
        open_s = self._open(shot, node)
        chunk = Chunk(next(self._turns), shot, node, self.now_s, open_s, seconds, avoid)
        self.live[chunk.id] = chunk
        node.busy += 1
        shot.busy += 1
        shot.on_nodes[node.view.name] += 1
        self.account.begin(self._planned_s, self.now_s, node.free_since.pop())
        node.is_stale = shot.is_stale = True
        return chunk

    def _open(self, shot: Shot, node: Node) -> float:
        """Return how long it takes until the scene is open; a node keeps one for each slot."""
        blend = shot.view.blend
        is_warm = blend in node.warm
        self.account.open(is_warm=is_warm, is_again=blend in node.opened)
        node.opened.add(blend)
        others = [warm for warm in node.warm if warm != blend]
        node.warm = tuple([*others, blend][-node.view.slots :])
        return 0.0 if is_warm else shot.open_s

    def _end(self, chunk: Chunk) -> None:
        if self.live.get(chunk.id) is not chunk or chunk.ends_s != self.now_s:
            return  # it was lost, or ends at another time
        self._release(chunk, chunk.done)

    def _release(self, chunk: Chunk, done: int, *, lost: int = 0) -> None:
        """Give back a chunk's slot, with so many frames rendered and so many to be given again."""
        shot, node = chunk.shot, chunk.node
        del self.live[chunk.id]
        node.busy -= 1
        node.free_since.append(self.now_s)
        shot.busy -= 1
        shot.on_nodes -= {node.view.name: 1}  # type: ignore[assignment]
        useful_s = 0.0
        for seconds in chunk.seconds[:done]:
            if self.dice.random() < FAILS:
                shot.lots[(chunk.avoid or frozenset()) | {node.view.name}] += 1
            else:
                useful_s += seconds
                self._learn(shot, node, seconds)
        if chunk.avoid is None:
            shot.fresh += lost
        elif lost:
            shot.lots[chunk.avoid] += lost
        self.account.end(chunk.open_s, useful_s, self.now_s - chunk.began_s)
        self.account.ended_of(shot, self.now_s)
        shot.ended_s = self.now_s
        node.is_stale = shot.is_stale = True
        if not shot.pending and not shot.busy:
            self.active.pop(shot.view.id, None)

    def _learn(self, shot: Shot, node: Node, seconds: float) -> None:
        """As service/recording does."""
        known = node.view.speed
        shot.work_s += seconds * known
        shot.measured += 1
        if shot.measured % LEARN_EVERY == 0:
            usual_s = shot.work_s / shot.measured
            learnt = learnt_speed(known, usual_s=usual_s, seconds=seconds)
            node.view = replace(node.view, speed=learnt)

    def _race(self) -> None:
        """Give twins to stragglers, as service/racing does."""
        free = [node.seen() for node in self.nodes.values() if node.is_there(self.now_s)]
        free = [view for view in free if view.free_slots > 0]
        fastest = max(view.speed for view in free)
        stragglers = [
            straggler
            for chunk in self.live.values()
            if chunk.raced_by is None and not chunk.is_twin and may_race(chunk.shot.seen())
            if can_be_beaten(straggler := chunk.as_straggler(self.now_s), fastest)
        ]
        for twin in twins(stragglers, free, room={}) if stragglers else ():
            self._begin_twin(twin)
        if self._events and self._events[0][0] > self.now_s + LOOK_AGAIN_S:
            self._at(self.now_s + LOOK_AGAIN_S, self._nothing)  # time alone makes a straggler

    def _begin_twin(self, twin: Twin) -> None:
        """Let two render towards each other: when they meet, the first to end the frame wins."""
        chunk = self.live[twin.of]
        rival = self._chunk(chunk.shot, self.nodes[twin.node], twin.frame_count, chunk.avoid)
        chunk.meet(rival)
        self.account.twins += 1
        self._at(chunk.ends_s, self._end, chunk)
        self._at(chunk.ends_s, self._end, rival)

    def _arrive(self, shot: Shot) -> None:
        self.active[shot.view.id] = shot

    def _vanish(self, node: Node) -> None:
        node.is_away = True
        for chunk in [each for each in self.live.values() if each.node is node]:
            chunk.ends_s = -1.0
            self._at(self.now_s + NOTICED_S, self._lose, chunk, chunk.over_count(self.now_s))
        self._at(self.now_s + AWAY_S, self._return, node)

    def _lose(self, chunk: Chunk, done: int) -> None:
        self._release(chunk, done, lost=len(chunk.seconds) - done)

    def _return(self, node: Node) -> None:
        node.is_away, node.warm, node.is_stale = False, (), True

    def _nothing(self) -> None:
        """Only plan."""

    def _at(self, at_s: float, happen: Callable[..., None], *what: object) -> None:
        heapq.heappush(self._events, (at_s, next(self._turns), happen, what))
