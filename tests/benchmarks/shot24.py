"""24 frames of a small scene, one frame a chunk, against one bare Blender process.

The farm's side: from the call of `submit_shot()` to the moment the last of 24 proven frames is in
its place (Cycles, 160×90, 2 samples, no denoising), chunk size 1, one slot.

The bare side is what an artist would type: one new process that opens the file and renders its
animation with the file's own settings, from its start to its exit (bare.py). It neither checks nor
reports anything. Both sides use the same Blender: the bpy wheel, and again the installed `blender`.
Its time with persistent data, which the farm always uses, is reported beside it.

Warm node: Blender is up and has rendered another file; the shot's own is not open. Fresh node: just
started, Blender is up, nothing was rendered since. Cold node: just started, idle, without Blender;
it starts when the shot comes. The node is started anew for each.

Cold process per frame: 24 bare processes in a row, each for one frame, which is what a farm costs
that starts one Blender per chunk (once, as it takes long).
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from brender_farm import submit_shot
from tests.benchmarks.bare import Blender, blenders
from tests.benchmarks.farm import Farm, private_farm
from tests.benchmarks.figures import Figure

ROUNDS = 5
FRAMES = 24
SHOT_LIMIT_S = 120.0
TARGETS = {"warm node": 0.7, "fresh node": 0.7, "cold node": 1.3}


def measure(rounds: int) -> list[Figure]:
    with private_farm(with_node=False) as farm:
        return [figure for blender in blenders() for figure in _measure(farm, blender, rounds)]


def _measure(farm: Farm, blender: Blender, rounds: int) -> list[Figure]:
    blend = farm.scene(blender.scene)
    blender.render_s(blend, 1, FRAMES)  # from the disk into memory
    found = [_round(farm, blender, blend) for _ in range(rounds)]
    farm.end_node()
    each = sum(blender.render_s(blend, frame, frame) for frame in range(1, FRAMES + 1))
    seconds = {side: [one[side] for one in found] for side in found[0]}
    bare = seconds["bare process"]
    name = f"shot24, {blender.name}"
    return [
        *(
            Figure(
                name=f"{name}: {side}",
                unit="× bare",
                values=[ours / theirs for ours, theirs in zip(seconds[side], bare, strict=True)],
                target=target,
            )
            for side, target in TARGETS.items()
        ),
        Figure(
            name=f"{name}: cold process per frame",
            unit="× bare",
            values=[each / statistics.median(bare)],
        ),
        *(
            Figure(name=f"    {side}, in seconds", unit="s", values=values)
            for side, values in seconds.items()
        ),
    ]


def _round(farm: Farm, blender: Blender, blend: Path) -> dict[str, float]:
    """Return the seconds of each side, measured one after the other."""
    found = {"bare process": blender.render_s(blend, 1, FRAMES)}
    farm.renew_node(BRENDER_WARM="yes", BRENDER_BLENDER=blender.setting)
    found["fresh node"] = _shot_s(farm, blend)
    found["bare process, persistent data"] = blender.render_s(blend, 1, FRAMES, persistent=True)
    farm.renew_node(BRENDER_WARM="yes")
    _shot_s(farm, farm.scene(blender.scene, copy="-other"))
    found["warm node"] = _shot_s(farm, blend)
    farm.renew_node(BRENDER_WARM="no")
    found["cold node"] = _shot_s(farm, blend)
    return found


def _shot_s(farm: Farm, blend: Path) -> float:
    """Return the seconds from the call to the last file, by when the system put it in its place."""
    output = farm.new_output()
    began_ns = time.time_ns()
    shot = submit_shot(blend, f"1-{FRAMES}", output=output, chunk_size=1)
    shot.wait(SHOT_LIMIT_S)
    files = shot.frames()
    assert len(files) == FRAMES, f"{len(files)} frames: {shot.failures()}"
    farm.wait_until_quiet()
    return (max(file.stat().st_ctime_ns for file in files) - began_ns) / 1e9
