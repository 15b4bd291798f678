"""24 frames of a small scene, one frame a chunk, against one bare Blender process.

The farm's side: from the call of `submit_shot()` to the moment the last of 24 proven frames is in
its place (tests/data/tiny.blend: Cycles, 160×90, 2 samples), chunk size 1, one slot.

The bare side is what an artist would type: a new process that imports bpy, opens the file and renders
its animation with `bpy.ops.render.render(animation=True)` and the file's own settings (so without
persistent data), from its start to its exit. It neither checks nor reports anything.

Node with warm Blender: it was started ahead of work and has rendered another scene; this one is not
open. Fresh node: Blender is up, nothing was rendered since. Cold node: a node just started, idle,
whose Blender must be started for the shot. In every round the node is started anew.

Cold process per frame: 24 bare processes in a row, each for one frame, which is what a farm costs
that starts one Blender per chunk (once, as it takes long).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from brender_farm import submit_shot
from tests.benchmarks.farm import Farm, private_farm
from tests.benchmarks.figures import Figure

ROUNDS = 5
FRAMES = 24
SHOT_LIMIT_S = 120.0

_BARE = """
import os, sys
import bpy
blend, folder, first, last, persistent = sys.argv[1:]
bpy.ops.wm.open_mainfile(filepath=blend, load_ui=False)
scene = bpy.context.scene
scene.frame_start, scene.frame_end = int(first), int(last)
scene.render.filepath = folder + "/####"
if persistent == "persistent":
    scene.render.use_persistent_data = True
bpy.ops.render.render(animation=True)
os._exit(0)
"""


def measure(rounds: int) -> list[Figure]:
    bare, kept, warm, fresh, cold = [], [], [], [], []
    with private_farm(with_node=False) as farm:
        blend = farm.scene()
        _bare_s(blend, 1, FRAMES)  # bpy from the disk into memory
        for _ in range(rounds):
            bare.append(_bare_s(blend, 1, FRAMES))
            farm.renew_node(BRENDER_WARM="yes")
            fresh.append(_farm_s(farm, blend))
            kept.append(_bare_s(blend, 1, FRAMES, persistent=True))
            farm.renew_node(BRENDER_WARM="yes")
            _farm_s(farm, farm.scene("tiny_workbench"))
            warm.append(_farm_s(farm, blend))
            farm.renew_node(BRENDER_WARM="no")
            cold.append(_farm_s(farm, blend))
        farm.end_node()
        each = sum(_bare_s(blend, frame, frame) for frame in range(1, FRAMES + 1))
    return [
        _ratio("shot24: warm node", warm, bare, 0.7),
        _ratio("shot24: fresh node, Blender up", fresh, bare, 0.7),
        _ratio("shot24: node starts its Blender", cold, bare, 1.3),
        _ratio(
            "shot24: cold process per frame", [each], [Figure(name="", unit="", values=bare).median]
        ),
        Figure(name="shot24: warm node", unit="s", values=warm),
        Figure(name="shot24: fresh node, Blender up", unit="s", values=fresh),
        Figure(name="shot24: node starts its Blender", unit="s", values=cold),
        Figure(name="shot24: bare process", unit="s", values=bare),
        Figure(name="shot24: bare process, persistent data", unit="s", values=kept),
    ]


def _ratio(name: str, ours: list[float], bare: list[float], target: float | None = None) -> Figure:
    values = [ours_s / bare_s for ours_s, bare_s in zip(ours, bare, strict=True)]
    return Figure(name=name, unit="× bare", values=values, target=target)


def _farm_s(farm: Farm, blend: Path) -> float:
    """Return the seconds from the call to the last file, by when the system put it in its place."""
    output = farm.new_output()
    began_ns = time.time_ns()
    shot = submit_shot(blend, f"1-{FRAMES}", output=output, chunk_size=1)
    shot.wait(SHOT_LIMIT_S)
    files = shot.frames()
    assert len(files) == FRAMES, f"{len(files)} frames: {shot.failures()}"
    farm.wait_until_quiet()
    return (max(file.stat().st_ctime_ns for file in files) - began_ns) / 1e9


def _bare_s(blend: Path, first: int, last: int, *, persistent: bool = False) -> float:
    with tempfile.TemporaryDirectory() as folder:
        words = [str(blend), folder, str(first), str(last), "persistent" if persistent else "-"]
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", _BARE, *words], stdout=subprocess.DEVNULL, check=True)
        seconds = time.perf_counter() - began
        assert len(list(Path(folder).iterdir())) == last - first + 1
    return seconds
