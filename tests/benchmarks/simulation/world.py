"""What a played farm consists of: nodes and shots with the truth that the planner does not know."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from brender_farm.domain.views import Needs, NodeView, RetryLot, ShotView

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
GB = 10**9
ARTISTS = 20
_FRAME_S, _FRAME_SPREAD = 240.0, 0.7
_PREVIEW_S, _PREVIEW_SPREAD = 2.0, 0.5
NIGHT_S = (11 * HOUR_S, DAY_S)
"""The day begins at 08:00; workstations render from 19:00 to its end."""


@dataclass(slots=True)
class Shot:
    """A shot as its view says, and how it is in truth."""

    view: ShotView
    frame_s: float
    """Of a frame on a node of speed 1; with noise."""
    open_s: float
    arrives_s: float = 0.0
    frames: int = 0
    fresh: int = 0
    """Pending frames that never failed."""
    lots: Counter[frozenset[str]] = field(default_factory=Counter)
    """Pending frames that failed, by the nodes that failed them."""
    busy: int = 0
    on_nodes: Counter[str] = field(default_factory=Counter)
    measured: int = 0
    work_s: float = 0.0
    first_s: float | None = None
    ended_s: float = 0.0
    is_stale: bool = True

    def __post_init__(self) -> None:
        self.frames = self.fresh = self.view.pending_count

    @property
    def pending(self) -> int:
        return self.fresh + self.lots.total()

    def seen(self) -> ShotView:
        """Return what the planner sees of it now."""
        if self.is_stale:
            self.is_stale = False
            self.view = replace(
                self.view,
                pending_count=self.pending,
                retries=tuple(
                    RetryLot(key=",".join(sorted(avoid)), avoid=avoid, count=count)
                    for avoid, count in self.lots.items()
                ),
                busy_slots=self.busy,
                on_nodes=tuple(self.on_nodes.elements()) if self.view.max_nodes else (),
                seconds_per_frame=self.work_s / self.measured if self.measured else None,
                measured_count=self.measured,
            )
        return self.view


@dataclass(slots=True)
class Node:
    """A node as its view says, and how it is in truth."""

    view: NodeView
    speed: float
    hours: tuple[float, float] | None = None
    """From when until when it takes work; None: always."""
    busy: int = 0
    is_away: bool = False
    warm: tuple[str, ...] = ()
    opened: set[str] = field(default_factory=set)
    """The scenes it ever had open."""
    free_since: list[float] = field(default_factory=list)
    is_stale: bool = True

    def __post_init__(self) -> None:
        self.free_since = [-1.0] * self.view.slots

    def is_there(self, now_s: float) -> bool:
        return not self.is_away and (self.hours is None or self.hours[0] <= now_s < self.hours[1])

    def seen(self) -> NodeView:
        """Return what the planner sees of it now; its speed is what the farm has learnt."""
        if self.is_stale:
            self.is_stale = False
            self.view = replace(
                self.view, free_slots=self.view.slots - self.busy, warm=frozenset(self.warm)
            )
        return self.view


@dataclass(frozen=True, slots=True)
class World:
    """What a play begins with."""

    nodes: list[Node]
    shots: list[Shot]
    limits: Mapping[str, int] = field(default_factory=dict)
    is_frail: bool = False
    """Whether nodes vanish."""


def plain_nodes(dice: random.Random, count: int) -> list[Node]:
    """Nodes that differ in slots and, by a factor of three, in speed; none is known yet."""
    return [
        node(f"node-{n:04}", dice.choice((1, 1, 2)), dice.uniform(0.5, 1.5)) for n in range(count)
    ]


def node(name: str, slots: int, speed: float, **view: object) -> Node:
    return Node(
        NodeView(name=name, slots=slots, free_slots=slots, blender_versions=("4.5.15",), **view),  # type: ignore[arg-type]
        speed,
    )


def shot(id_: int, frames: int, frame_s: float, open_s: float, **view: object) -> Shot:
    known = {"priority": 50, "submitter": f"artist-{id_ % ARTISTS:02}"}
    return Shot(
        ShotView(
            id=id_,
            blend=f"/show/{id_}.blend",
            blend_version="4.5",
            output_dir=f"/show/{id_}",
            pending_count=frames,
            chunk_size=None,
            seconds_per_frame=None,
            busy_slots=0,
            **{**known, **view},  # type: ignore[arg-type]
        ),
        frame_s,
        open_s,
    )


def batch(seed: int, *, node_count: int, hours: float, race: bool) -> World:
    """A night's work of everybody, all at once: so many hours of the whole farm, equal users."""
    dice = random.Random(seed)
    nodes = plain_nodes(dice, node_count)
    left_s, shots = capacity(nodes) * hours * HOUR_S, []
    while left_s > 0:
        shots.append(_final(dice, len(shots) + 1, race=race))
        left_s -= shots[-1].frames * shots[-1].frame_s
    return World(nodes, shots)


def day(seed: int, *, node_count: int, load: float = 1.3) -> World:
    """A day with everything: `load` is the work that arrives, as a share of what the farm can do.

    Of the nodes a fifth are workstations that render at night only, a third have a GPU, and they
    have 16 to 128 GB. Of the final shots one in ten needs a GPU, one in ten takes one of 60
    licences, and a third more than 16 GB; for each there are four previews of short frames. One in
    twenty is urgent. Two of the artists have twice the weight of the others.
    """
    dice = random.Random(seed)
    nodes = plain_nodes(dice, node_count)
    for each in nodes:
        memory = dice.choice((16, 32, 64, 128)) * GB
        each.view = replace(each.view, memory_bytes=memory, has_gpu=dice.random() < 1 / 3)
        each.hours = NIGHT_S if dice.random() < 0.2 else None
    always = [each for each in nodes if each.hours is None]
    left_s = load * DAY_S * (capacity(always) + capacity(nodes)) / 2
    shots: list[Shot] = []
    while left_s > 0:
        more = [_demanding(dice, _final(dice, len(shots) + 1, race=False))]
        more += [_preview(dice, len(shots) + 2 + number) for number in range(4)]
        for each in more:
            artist = f"artist-{dice.randrange(ARTISTS):02}"
            weight = 2.0 if artist in {"artist-00", "artist-01"} else 1.0
            urgent = dice.random() < 0.05
            each.view = replace(
                each.view, submitter=artist, weight=weight, priority=80 if urgent else 50
            )
            each.arrives_s = dice.uniform(0, DAY_S / 2)
            left_s -= each.frames * each.frame_s
        shots += more
    return World(nodes, shots, {"licence": max(1, node_count * 6 // 100)}, is_frail=True)


def capacity(nodes: list[Node]) -> float:
    """Return how many slots of speed 1 these come to."""
    return sum(each.view.slots * each.speed for each in nodes)


def _final(dice: random.Random, id_: int, *, race: bool) -> Shot:
    frame_s = _FRAME_S * dice.lognormvariate(0, _FRAME_SPREAD)
    return shot(id_, dice.randint(50, 1500), frame_s, dice.uniform(2, 20), race=race)


def _preview(dice: random.Random, id_: int) -> Shot:
    frame_s = _PREVIEW_S * dice.lognormvariate(0, _PREVIEW_SPREAD)
    return shot(id_, dice.randint(50, 1500), frame_s, dice.uniform(1, 4))


def _demanding(dice: random.Random, one: Shot) -> Shot:
    what, memory = dice.random(), dice.choice((8, 8, 24, 48)) * GB
    needs = Needs(memory_bytes=memory, device="gpu" if what < 0.1 else "")
    limits = frozenset({"licence"}) if 0.1 <= what < 0.2 else frozenset[str]()
    one.view = replace(one.view, needs=needs, limits=limits)
    return one
