"""From the call of `submit_shot()` to the first command that Blender gets, on an idle warm node.

Blender itself notes the moment (stamped_blender.py). Two cases alternate: another file, so that the
first command is to open it, after submit and node read it for the first time; and the same file
once more, so that the scene is open already and the first command is to render.

The whole is split where the time can be seen from outside: the call itself; from its return to the
scheduler planning the chunk; from there (stored, sent, received) to Blender. The messages leave on
a thread, so the second part can begin before the first has ended; it may be negative.
"""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

from sqlalchemy import select

from brender_farm import submit_shot
from brender_farm.client import core_app
from brender_farm.db.core import reading
from brender_farm.db.models import Chunk
from tests.benchmarks import stamped_blender
from tests.benchmarks.farm import Farm, private_farm
from tests.benchmarks.figures import Figure

ROUNDS = 25
PAUSE_S = 0.35
"""Between two shots; not a multiple of the scheduler's and the heartbeat's own rhythm."""
SHOT_LIMIT_S = 60.0
_PARTS = ("the call", "until the scheduler plans", "until Blender")


def measure(rounds: int) -> list[Figure]:
    open_already, other_file = [], []
    with private_farm(with_node=False) as farm:
        program, stamps = stamped_blender.install(farm.folder)
        farm.renew_node(BRENDER_WARM="yes", BRENDER_BLENDER=str(program))
        farm.wait_for(lambda: bool(stamped_blender.read_stamps(stamps)), "Blender is ready")
        for number in range(-1, rounds):
            found = [
                _one(farm, stamps, farm.scene(copy=f"-{number}")),
                _one(farm, stamps, farm.scene(copy=f"-{number}")),
            ]
            if number >= 0:  # the first pair brings imports and connections
                other_file.append(found[0])
                open_already.append(found[1])
    return [
        *_figures("latency: scene open", open_already),
        *_figures("latency: another file", other_file),
    ]


def _one(farm: Farm, stamps: Path, blend: Path) -> tuple[float, ...]:
    """Return the milliseconds of each part."""
    time.sleep(PAUSE_S)
    known = len(stamped_blender.read_stamps(stamps))
    called_ns = time.time_ns()
    shot = submit_shot(blend, "1", output=farm.new_output(), chunk_size=1)
    returned_ns = time.time_ns()
    shot.wait(SHOT_LIMIT_S)
    farm.wait_for(lambda: len(stamped_blender.read_stamps(stamps)) > known, "Blender was asked")
    asked_ns = stamped_blender.read_stamps(stamps)[known].began_ns
    planned_ns = _planned_ns(shot.id)
    moments = (called_ns, returned_ns, planned_ns, asked_ns)
    parts = tuple((b - a) / 1e6 for a, b in pairwise(moments))
    return ((asked_ns - called_ns) / 1e6, *parts)


def _planned_ns(shot_id: int) -> int:
    with core_app().app_context(), reading() as session:
        found = session.scalars(select(Chunk.sent_at).where(Chunk.shot_id == shot_id)).first()
    assert found is not None
    return round(found.timestamp() * 1e6) * 1000


def _figures(name: str, found: list[tuple[float, ...]]) -> list[Figure]:
    whole, *parts = zip(*found, strict=True)
    total = Figure(name=name, unit="ms", values=whole, target=100)
    return [
        Figure(name=name, unit="ms", values=whole, target=100, note=f"p95 {total.p95:.0f} ms"),
        *(
            Figure(name=f"    {part}", unit="ms", values=values)
            for part, values in zip(_PARTS, parts, strict=True)
        ),
    ]
