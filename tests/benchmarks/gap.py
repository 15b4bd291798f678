"""How long Blender stands still between two chunks of one frame, on one slot.

From the moment that Blender has written a frame to its next command: the frame proven and put in
its place, the end reported and recorded, the next chunk planned, stored, sent and received, its log
and folder made. Beside it the same between two frames of one chunk, which is what the node and the
pipe take alone. Blender itself notes the moments (stamped_blender.py).
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from brender_farm import submit_shot
from tests.benchmarks import stamped_blender
from tests.benchmarks.farm import Farm, private_farm
from tests.benchmarks.figures import Figure

ROUNDS = 5
FRAMES = 24
SHOT_LIMIT_S = 120.0


def measure(rounds: int) -> list[Figure]:
    between_chunks, within, render = [], [], []
    with private_farm(with_node=False) as farm:
        program, path = stamped_blender.install(farm.folder)
        farm.renew_node(BRENDER_WARM="yes", BRENDER_BLENDER=str(program))
        _renders(farm, path, 1)
        for _ in range(rounds):
            stamps = _renders(farm, path, 1)
            between_chunks += _gaps_ms(stamps)
            render += [(stamp.ended_ns - stamp.began_ns) / 1e6 for stamp in stamps]
            within += _gaps_ms(_renders(farm, path, FRAMES))
    ranked = Figure(name="", unit="ms", values=between_chunks)
    return [
        Figure(
            name="gap: between two chunks",
            unit="ms",
            values=between_chunks,
            note=f"p95 {ranked.p95:.0f} ms",
        ),
        Figure(name="gap: between two frames of a chunk", unit="ms", values=within),
        Figure(name="gap: Blender's time for a frame", unit="ms", values=render),
    ]


def _renders(farm: Farm, path: Path, chunk_size: int) -> list[stamped_blender.Stamp]:
    known = len(stamped_blender.read_stamps(path))
    shot = submit_shot(farm.scene(), f"1-{FRAMES}", output=farm.new_output(), chunk_size=chunk_size)
    shot.wait(SHOT_LIMIT_S)
    farm.wait_until_quiet()
    new = stamped_blender.read_stamps(path)[known:]
    return [stamp for stamp in new if stamp.command == "render"]


def _gaps_ms(stamps: list[stamped_blender.Stamp]) -> list[float]:
    return [(after.began_ns - before.ended_ns) / 1e6 for before, after in pairwise(stamps)]
