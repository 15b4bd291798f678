"""A farm of a thousand nodes for a day, played in minutes: the real planner, imagined frames.

Nothing is rendered: an event queue moves the clock from one end of a chunk to the next, and what
ends within the same second is planned together, as a busy scheduler does. Frames take a time of
their shot's own (lognormal) with noise; nodes differ in speed by a factor of three; opening a scene
that is not warm costs seconds; some frames fail, some nodes vanish for a while.
"""

from __future__ import annotations

import heapq
import itertools
import random
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

from brender_farm.domain.planning import plan
from brender_farm.domain.views import Assignment, NodeView, ShotView
from tests.benchmarks.figures import Figure

ROUNDS = 1
NODES = 1000
DAY_S = 24 * 3600.0
ARTISTS = 20
TICK_S = 1.0
FRAME_MEDIAN_S = 240.0
NOISE = 0.15
FAILS = 0.002
"""Share of frames that fail and are tried again."""
VANISHES_PER_DAY = 0.05
"""Of each node."""
AWAY_S = 600.0
NOTICED_S = 11.0


def measure(rounds: int) -> list[Figure]:
    figures: list[Figure] = []
    for seed in range(rounds):
        day = Farm(seed, load=1.3)
        day.run(DAY_S)
        batch = Farm(seed, load=0.5, all_at_once=True)
        batch.run(10 * DAY_S)
        figures += [*day.figures(f"day {seed}"), *batch.makespan(f"batch {seed}")]
    return figures


@dataclass(slots=True)
class Shot:
    """A shot and the truth about it that the planner does not know."""

    view: ShotView
    frame_s: float
    open_s: float
    arrives_s: float
    ended_s: float = 0.0
    frames: int = 0
    first_s: float | None = None


@dataclass(slots=True)
class Node:
    view: NodeView
    speed: float
    free: int
    away_until_s: float = 0.0
    warm: list[str] = field(default_factory=list)


@dataclass(order=True, slots=True)
class Event:
    at_s: float
    number: int
    what: str = field(compare=False)
    node: str = field(compare=False, default="")
    shot_id: int = field(compare=False, default=0)
    frames: int = field(compare=False, default=0)
    began_s: float = field(compare=False, default=0.0)


class Farm:
    """Plays one farm. `load` is the work that arrives as a share of what a day can do."""

    def __init__(self, seed: int, *, load: float, all_at_once: bool = False) -> None:
        self.dice = random.Random(seed)
        self.numbers = itertools.count()
        self.events: list[Event] = []
        self.now_s = 0.0
        self.nodes = {node.view.name: node for node in self._nodes()}
        self.shots: dict[int, Shot] = {}
        self.waiting: dict[int, Shot] = {}
        self.busy: Counter[int] = Counter()
        self.busy_slot_s = self.wanted_slot_s = 0.0
        self.used_by: defaultdict[str, float] = defaultdict(float)
        self.loads = self.chunks = self.passes = 0
        self._submit_all(load, all_at_once)
        for name in self.nodes:
            if not all_at_once and self.dice.random() < VANISHES_PER_DAY:
                self._later(self.dice.uniform(0, DAY_S), "vanish", node=name)

    def run(self, until_s: float) -> None:
        """Play until then, or until nothing is left to do."""
        while self.events and self.events[0].at_s <= until_s:
            tick_s = self.events[0].at_s + TICK_S
            while self.events and self.events[0].at_s <= tick_s:
                event = heapq.heappop(self.events)
                self._pass_time(event.at_s)
                getattr(self, f"_{event.what}")(event)
            self._plan()

    def figures(self, name: str) -> list[Figure]:
        """Return how well a day went."""
        idle_pct = 100 * (1 - self.busy_slot_s / self.wanted_slot_s)
        waits = defaultdict(list)
        for shot in self.shots.values():
            if shot.first_s is not None:
                waits[shot.view.priority].append(shot.first_s - shot.arrives_s)
        note = f"{self.chunks:,} chunks, {self.passes:,} passes, {NODES} nodes"
        return [
            Figure(
                name=f"simulation: {name}: slots idle while work waits",
                unit="%",
                values=[idle_pct],
                target=3,
                note=note,
            ),
            Figure(
                name=f"simulation: {name}: chunks that had to open their scene",
                unit="%",
                values=[100 * self.loads / self.chunks],
            ),
            *(
                Figure(
                    name=f"simulation: {name}: first slot at priority {priority}, after",
                    unit="s",
                    values=[statistics.median(waits[priority])],
                    note=f"{len(waits[priority])} shots",
                )
                for priority in sorted(waits, reverse=True)
            ),
        ]

    def makespan(self, name: str) -> list[Figure]:
        """Return how evenly a batch was shared, and how much longer it took than it had to.

        Shares are compared while every artist has frames waiting.
        """
        slots = sum(node.view.slots * node.speed for node in self.nodes.values())
        work = sum(shot.frames * shot.frame_s for shot in self.shots.values())
        longest = max(shot.frame_s for shot in self.shots.values()) / max(
            node.speed for node in self.nodes.values()
        )
        bound = max(work / slots, longest)
        ended = max(shot.ended_s for shot in self.shots.values())
        used = list(self.used_by.values())
        jain = sum(used) ** 2 / (len(used) * sum(value**2 for value in used))
        return [
            Figure(
                name=f"simulation: {name}: unfairness between equal artists (1 - Jain's index)",
                unit="",
                values=[1 - jain],
                target=0.05,
            ),
            Figure(
                name=f"simulation: {name}: makespan over the lower bound",
                unit="×",
                values=[ended / bound],
                target=1.03,
                note=f"{ended / 3600:.1f} h, {len(self.shots)} shots, {self.chunks:,} chunks",
            ),
        ]

    def _nodes(self) -> list[Node]:
        found = []
        for number in range(NODES):
            slots = self.dice.choice((1, 1, 2))
            view = NodeView(
                name=f"node-{number:04}",
                slots=slots,
                free_slots=slots,
                blender_versions=("4.5.15",),
            )
            found.append(Node(view=view, speed=self.dice.uniform(0.5, 1.5), free=slots))
        return found

    def _submit_all(self, load: float, all_at_once: bool) -> None:
        capacity = sum(node.view.slots * node.speed for node in self.nodes.values()) * DAY_S
        wanted, turn = capacity * load, itertools.count(1)
        while wanted > 0:
            shot = self._shot(next(turn), all_at_once)
            wanted -= shot.frames * shot.frame_s
            self.shots[shot.view.id] = shot
            self._later(shot.arrives_s, "arrive", shot_id=shot.view.id)

    def _shot(self, number: int, all_at_once: bool) -> Shot:
        frames = self.dice.randint(50, 1500)
        view = ShotView(
            id=number,
            priority=80 if not all_at_once and self.dice.random() < 0.05 else 50,
            submitter=f"artist-{number % ARTISTS}",
            blend=f"/show/{number}.blend",
            blend_version="4.5",
            output_dir=f"/show/{number}",
            pending_count=frames,
            chunk_size=None,
            seconds_per_frame=None,
            busy_slots=0,
        )
        return Shot(
            view=view,
            frame_s=FRAME_MEDIAN_S * self.dice.lognormvariate(0, 0.7),
            open_s=self.dice.uniform(2, 20),
            arrives_s=0.0 if all_at_once else self.dice.uniform(0, DAY_S * 0.5),
            frames=frames,
        )

    def _later(self, at_s: float, what: str, **rest: object) -> None:
        heapq.heappush(self.events, Event(at_s, next(self.numbers), what, **rest))  # type: ignore[arg-type]

    def _pass_time(self, now_s: float) -> None:
        slots = sum(self.busy.values())
        pending = sum(shot.view.pending_count for shot in self.waiting.values())
        room = sum(n.free for n in self.nodes.values() if n.away_until_s <= self.now_s)
        if pending >= room:  # every slot could be at work
            self.busy_slot_s += slots * (now_s - self.now_s)
            self.wanted_slot_s += (slots + room) * (now_s - self.now_s)
            hungry = {shot.view.submitter for shot in self.waiting.values()}
            for shot_id, count in self.busy.items() if len(hungry) == ARTISTS else ():
                artist = self.shots[shot_id].view.submitter
                self.used_by[artist] += count * (now_s - self.now_s)
        self.now_s = now_s

    def _plan(self) -> None:
        nodes = [
            replace(node.view, free_slots=node.free, warm=frozenset(node.warm))
            for node in self.nodes.values()
            if node.free > 0 and node.away_until_s <= self.now_s
        ]
        if not nodes or not self.waiting:
            return
        shots = [
            replace(shot.view, busy_slots=self.busy[shot.view.id]) for shot in self.waiting.values()
        ]
        self.passes += 1
        for assignment in plan(shots, nodes):
            self._begin(assignment)

    def _begin(self, assignment: Assignment) -> None:
        shot, node = self.shots[assignment.shot_id], self.nodes[assignment.node]
        count, view = assignment.frame_count, shot.view
        seconds = 0.0
        self.chunks += 1
        if view.blend not in node.warm:
            self.loads += 1
            seconds += shot.open_s
            node.warm = [*node.warm, view.blend][-view_slots(node) :]
        seconds += sum(shot.frame_s * self.dice.gauss(1, NOISE) / node.speed for _ in range(count))
        node.free -= 1
        self.busy[view.id] += 1
        shot.first_s = self.now_s if shot.first_s is None else shot.first_s
        self._set_pending(shot, view.pending_count - count)
        self._later(
            self.now_s + max(seconds, 0.05),
            "end",
            node=node.view.name,
            shot_id=view.id,
            frames=count,
            began_s=self.now_s,
        )

    def _end(self, event: Event) -> None:
        shot, node = self.shots[event.shot_id], self.nodes[event.node]
        node.free += 1
        self.busy[event.shot_id] -= 1
        if not self.busy[event.shot_id]:
            del self.busy[event.shot_id]
        again = sum(self.dice.random() < FAILS for _ in range(event.frames))
        if node.away_until_s > event.began_s:  # it vanished meanwhile
            again = event.frames
        measured = (event.at_s - event.began_s) / event.frames
        known = shot.view.seconds_per_frame or measured
        shot.view = replace(shot.view, seconds_per_frame=0.9 * known + 0.1 * measured)
        self._set_pending(shot, shot.view.pending_count + again)
        shot.ended_s = event.at_s

    def _arrive(self, event: Event) -> None:
        self.waiting[event.shot_id] = self.shots[event.shot_id]

    def _vanish(self, event: Event) -> None:
        self.nodes[event.node].away_until_s = event.at_s + AWAY_S
        self._later(event.at_s + AWAY_S, "back", node=event.node)

    def _back(self, event: Event) -> None:
        self.nodes[event.node].warm = []

    def _set_pending(self, shot: Shot, count: int) -> None:
        shot.view = replace(shot.view, pending_count=count)
        if count:
            self.waiting[shot.view.id] = shot
        else:
            self.waiting.pop(shot.view.id, None)


def view_slots(node: Node) -> int:
    """A node keeps as many scenes open as it has slots."""
    return node.view.slots
