"""One planning pass on 1,000 nodes and 1,000 shots: the pure planner, without a database.

"One freed slot" is what follows the end of a chunk; "2,000 empty slots" fills the farm. The scene
has weights, a licence that one shot in ten takes, and shots that keep to four nodes. The curve
shows that neither depends on how many frames are pending, from a thousand to ten million. Frames
that are finished are not in the views that the planner gets: it cannot depend on them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace

from brender_farm.domain.planning import plan
from brender_farm.domain.views import NodeView, ShotView
from tests.benchmarks.figures import Figure

ROUNDS = 9
NODES = 1000
SHOTS = 1000
_LIMITS = {"licence": 60}
_PENDING = (1_000, 100_000, 10_000_000)


def measure(rounds: int) -> list[Figure]:
    figures = []
    for pending in _PENDING:
        shots, nodes = farm(pending)
        busy = [replace(node, free_slots=0) for node in nodes]
        busy[NODES // 2] = replace(busy[NODES // 2], free_slots=1)
        what = f"{pending:,} frames pending"
        figures += [
            Figure(
                name=f"planning: one freed slot, {what}",
                unit="ms",
                values=_times(rounds, lambda s=shots, n=busy: plan(s, n, limits=_LIMITS)),
                target=2,
            ),
            Figure(
                name=f"planning: 2,000 empty slots, {what}",
                unit="ms",
                values=_times(rounds, lambda s=shots, n=nodes: plan(s, n, limits=_LIMITS)),
                target=300,
            ),
        ]
    return figures


def farm(pending: int) -> tuple[list[ShotView], list[NodeView]]:
    """Return shots of 20 people in three priorities, and nodes with two slots each."""
    weights = {f"artist-{number}": 2.0 if number < 4 else 1.0 for number in range(20)}
    dice = random.Random(pending)
    nodes = [
        NodeView(
            name=f"node-{number:04}",
            slots=2,
            free_slots=2,
            blender_versions=dice.choice((("4.5.15",), ("4.2.1", "4.5.15"))),
            warm=frozenset({f"/show/{dice.randrange(SHOTS)}.blend"}),
            speed=dice.uniform(0.5, 1.5),
        )
        for number in range(NODES)
    ]
    shots = [
        ShotView(
            id=number + 1,
            priority=dice.choice((30, 50, 50, 50, 80)),
            submitter=(who := f"artist-{dice.randrange(20)}"),
            weight=weights[who],
            limits=frozenset({"licence"} if dice.random() < 0.1 else ()),
            max_nodes=4 if dice.random() < 0.05 else None,
            blend=f"/show/{number}.blend",
            blend_version=dice.choice(("4.2", "4.5")),
            output_dir=f"/show/renders/{number}",
            pending_count=max(1, pending // SHOTS),
            chunk_size=None,
            seconds_per_frame=dice.choice((None, 0.5, 3.0, 40.0)),
            busy_slots=dice.randrange(3),
        )
        for number in range(SHOTS)
    ]
    return shots, nodes


def _times(rounds: int, work: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return times
