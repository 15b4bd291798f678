"""How well the time left is told, and how long telling takes.

Small farms are played to their end: 20 nodes that differ in speed by a factor of three, 10 shots
whose frames differ (15 %) and grow heavier or lighter towards the end (up to a third), scenes that
take seconds to open, frames that fail. When a tenth and when half of the time has passed, the
farm is asked for every shot's time left; later it is known what was true.
"""

from __future__ import annotations

import heapq
import itertools
import random
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field, replace

from brender_farm.domain.ahead import Running, ShotAhead
from brender_farm.domain.forecast import Forecast, forecast
from brender_farm.domain.pace import learnt_speed, spread
from brender_farm.domain.planning import plan
from brender_farm.domain.views import NodeView, ShotView
from tests.benchmarks import planning
from tests.benchmarks.figures import Figure

ROUNDS = 12
NODES = 20
SHOTS = 10
NOISE = 0.15
DRIFT = 0.33
FAILS = 0.002
ASKED_AT = (0.1, 0.5)
_KEEP_EVERY_S = 30.0


def measure(rounds: int) -> list[Figure]:
    found: dict[float, list[tuple[float, bool]]] = {share: [] for share in ASKED_AT}
    queues: dict[float, list[float]] = {share: [] for share in ASKED_AT}
    for seed in range(rounds):
        farm = Farm(seed)
        farm.run()
        for share in ASKED_AT:
            told, asked_s = farm.told_at(share)
            found[share] += farm.compare(told, asked_s)
            if told.queue is not None:
                truth = farm.now_s - asked_s
                queues[share].append(100 * abs(told.queue.s - truth) / truth)
    figures = []
    for share in ASKED_AT:
        when = f"after {share:.0%} of the time"
        errors = [100 * error for error, _ in found[share]]
        within = [float(is_within) for _, is_within in found[share]]
        figures += [
            Figure(
                name=f"forecast: a shot's time left is off by, {when}",
                unit="%",
                values=errors,
                note=f"{len(errors)} shots",
            ),
            Figure(
                name=f"forecast: the truth lay within the spread, {when}",
                unit="%",
                values=[100 * statistics.mean(within)],
                target=80,
                more_is_better=True,
            ),
            Figure(
                name=f"forecast: the queue's end is off by, {when}", unit="%", values=queues[share]
            ),
        ]
    return [*figures, *_costs()]


@dataclass(slots=True)
class Shot:
    view: ShotView
    frame_s: float
    drift: float
    open_s: float
    order: list[int]
    """Frames still to give away; the truth of a frame depends on its number."""
    count: int
    total: float = 0.0
    squares: float = 0.0
    ended_s: float | None = None


@dataclass(slots=True)
class Node:
    view: NodeView
    speed: float
    warm: str = ""


@dataclass(slots=True)
class Chunk:
    shot: Shot
    node: Node
    frames: list[int]
    seconds: list[float]
    began_s: float
    done: int = 0


@dataclass(slots=True)
class Snapshot:
    at_s: float
    ahead: list[ShotAhead]
    nodes: list[NodeView]
    running: list[Running]
    usual_s: float | None


@dataclass(slots=True)
class Farm:
    """Plays one farm to its end with the real planner."""

    seed: int
    now_s: float = 0.0
    snapshots: list[Snapshot] = field(default_factory=list)
    dice: random.Random = field(init=False)
    nodes: dict[str, Node] = field(init=False)
    shots: dict[int, Shot] = field(init=False)
    chunks: list[Chunk] = field(default_factory=list)
    events: list[tuple[float, int, Chunk]] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.nodes = {f"node-{n:02}": self._node(f"node-{n:02}") for n in range(NODES)}
        self.shots = {n: self._shot(n) for n in range(1, SHOTS + 1)}

    def run(self) -> None:
        self._plan()
        while self.events:
            at_s, _, chunk = heapq.heappop(self.events)
            while self.now_s // _KEEP_EVERY_S < at_s // _KEEP_EVERY_S:
                self.now_s = (self.now_s // _KEEP_EVERY_S + 1) * _KEEP_EVERY_S
                self.snapshots.append(self._snapshot())
            self.now_s = at_s
            self._frame_done(chunk)

    def told_at(self, share: float) -> tuple[Forecast, float]:
        """Return the forecast when this share of the time had passed, and when that was."""
        wanted = min(self.snapshots, key=lambda s: abs(s.at_s - share * self.now_s))
        told = forecast(wanted.ahead, wanted.nodes, wanted.running, usual_s=wanted.usual_s)
        return told, wanted.at_s

    def compare(self, told: Forecast, asked_s: float) -> list[tuple[float, bool]]:
        """Return for each shot by what share it was off, and whether the truth was within."""
        found = []
        for shot_id, left in told.shots.items():
            truth_s = (self.shots[shot_id].ended_s or 0.0) - asked_s
            is_within = left.low_s <= truth_s <= left.high_s
            found.append((abs(left.s - truth_s) / truth_s, is_within))
        return found

    def _node(self, name: str) -> Node:
        slots = self.dice.choice((1, 1, 2))
        view = NodeView(name=name, slots=slots, free_slots=slots, blender_versions=("4.5.15",))
        return Node(view=view, speed=self.dice.uniform(0.5, 1.5))

    def _shot(self, number: int) -> Shot:
        count = self.dice.randint(50, 400)
        view = ShotView(
            id=number,
            priority=self.dice.choice((30, 50, 50, 50, 80)),
            submitter=f"artist-{self.dice.randrange(4)}",
            blend=f"/show/{number}.blend",
            blend_version="4.5",
            output_dir=f"/show/{number}",
            pending_count=count,
            chunk_size=None,
            seconds_per_frame=None,
            busy_slots=0,
        )
        return Shot(
            view=view,
            frame_s=40 * self.dice.lognormvariate(0, 0.7),
            drift=self.dice.uniform(-DRIFT, DRIFT),
            open_s=self.dice.uniform(2, 20),
            order=list(range(count)),
            count=count,
        )

    def _seconds(self, shot: Shot, frame: int, node: Node) -> float:
        heavier = 1 + shot.drift * (2 * frame / shot.count - 1)
        return shot.frame_s * heavier * max(0.2, self.dice.gauss(1, NOISE)) / node.speed

    def _views(self) -> tuple[list[ShotView], list[NodeView]]:
        busy = Counter(chunk.shot.view.id for chunk in self.chunks)
        used = Counter(chunk.node.view.name for chunk in self.chunks)
        on_nodes = Counter[int]()
        for chunk in self.chunks:
            on_nodes[chunk.shot.view.id] += len(chunk.frames) - chunk.done
        shots = [
            replace(
                shot.view,
                pending_count=len(shot.order),
                busy_slots=busy[shot.view.id],
                rendering_count=on_nodes[shot.view.id],
            )
            for shot in self.shots.values()
            if shot.ended_s is None
        ]
        nodes = [
            replace(
                node.view,
                free_slots=node.view.slots - used[node.view.name],
                warm=frozenset({node.warm} - {""}),
            )
            for node in self.nodes.values()
        ]
        return shots, nodes

    def _plan(self) -> None:
        for given in plan(*self._views()):
            shot, node = self.shots[given.shot_id], self.nodes[given.node]
            frames, shot.order = shot.order[: given.frame_count], shot.order[given.frame_count :]
            seconds = [self._seconds(shot, frame, node) for frame in frames]
            chunk = Chunk(shot, node, frames, seconds, self.now_s)
            self.chunks.append(chunk)
            open_s = shot.open_s if node.warm != shot.view.blend else 0.0
            node.warm = shot.view.blend
            self._later(open_s + seconds[0], chunk)

    def _later(self, seconds: float, chunk: Chunk) -> None:
        heapq.heappush(self.events, (self.now_s + seconds, next(self.numbers), chunk))

    def _frame_done(self, chunk: Chunk) -> None:
        shot, node = chunk.shot, chunk.node
        frame, seconds = chunk.frames[chunk.done], chunk.seconds[chunk.done]
        chunk.done += 1
        if self.dice.random() < FAILS:
            shot.order.append(frame)
        else:
            self._learn(shot, node, seconds)
        if chunk.done < len(chunk.frames):
            self._later(chunk.seconds[chunk.done], chunk)
            return
        self.chunks.remove(chunk)
        if not shot.order and all(other.shot is not shot for other in self.chunks):
            shot.ended_s = self.now_s
        self._plan()

    def _learn(self, shot: Shot, node: Node, seconds: float) -> None:
        usual_s, speed = shot.view.seconds_per_frame, node.view.speed
        if usual_s is not None:
            speed = learnt_speed(speed, usual_s=usual_s, seconds=seconds)
            node.view = replace(node.view, speed=speed)
        shot.total += seconds * speed
        shot.squares += (seconds * speed) ** 2
        count = shot.view.measured_count + 1
        shot.view = replace(
            shot.view,
            measured_count=count,
            seconds_per_frame=shot.total / count,
            seconds_spread=spread(count=count, total=shot.total, squares=shot.squares),
        )

    def _snapshot(self) -> Snapshot:
        shots, nodes = self._views()
        running = [
            Running(
                shot_id=chunk.shot.view.id,
                node=chunk.node.view.name,
                speed=chunk.node.view.speed,
                frame_count=len(chunk.frames) - chunk.done,
                in_hand_s=self._in_hand_s(chunk),
            )
            for chunk in self.chunks
        ]
        paces = [s.view.seconds_per_frame for s in self.shots.values() if s.view.measured_count]
        return Snapshot(
            self.now_s,
            [ShotAhead(view=view) for view in shots],
            nodes,
            running,
            statistics.median(paces) if paces else None,
        )

    def _in_hand_s(self, chunk: Chunk) -> float:
        expected_s = (chunk.shot.view.seconds_per_frame or 0.0) / chunk.node.view.speed
        return max(0.0, self.now_s - chunk.began_s - chunk.done * expected_s)


def _costs() -> list[Figure]:
    figures = []
    for node_count, shot_count, pending, target in (
        (10, 20, 200_000, 200),
        (1_000, 1_000, 1_000_000, None),
    ):
        views, nodes = planning.farm(pending)
        ahead = [
            ShotAhead(view=replace(view, busy_slots=0, measured_count=10))
            for view in views[:shot_count]
        ]
        values = []
        for _ in range(3):
            began_s = time.process_time()
            told = forecast(ahead, nodes[:node_count])
            values.append(1000 * (time.process_time() - began_s))
        figures.append(
            Figure(
                name=f"forecast: processor time, {node_count:,} nodes, {shot_count:,} shots",
                unit="ms",
                values=values,
                target=target,
                note=f"{len(told.shots)} shots told",
            )
        )
    return figures
