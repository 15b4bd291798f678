"""From kill -9 of a node, or of its Blender, to its frames being rendered again.

Three nodes with two slots each and three frames of 4 s, so that slots are free; the fake Blender
notes when it begins a frame. A node is killed while it renders, and stays dead, or is started again
at once as a supervisor does; or every Blender of a node is killed. The moment counts at which the
frame is begun by whoever has it next. A node that stays dead is missed after 10 s of silence.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from brender_farm.domain.frames import FrameList
from brender_farm.domain.states import ChunkState
from brender_farm.service import shots
from brender_farm.service.shapes.frames import ChunkRow
from tests.benchmarks.figures import Figure
from tests.chaos.journal import read_journal
from tests.farm import Farm, running_farm
from tests.waiting import wait_for

ROUNDS = 5
NODES = ("anna", "bert", "cleo")
FRAMES = 3
FRAME_S = 4.0

_Strike = Callable[[Farm, str], None]


def measure(rounds: int) -> list[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="brender-recovery-")).resolve()
    strikes: dict[str, _Strike] = {
        "node killed, stays dead": Farm.kill,
        "node killed, started again at once": _kill_and_restart,
        "Blender killed": _kill_blenders,
    }
    found: dict[str, list[float]] = {name: [] for name in strikes}
    try:
        with running_farm(folder, FAKE_BLENDER_JOURNAL=str(folder / "journal")) as farm:
            for node in NODES:
                farm.start_node(node, slots=2)
            for _ in range(rounds):
                for name, strike in strikes.items():
                    found[name] += _seconds_until_again(farm, strike)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [
        Figure(name=f"recovery: {name}", unit="s", values=values, note=f"{len(values)} frames")
        for name, values in found.items()
    ]


def _seconds_until_again(farm: Farm, strike: _Strike) -> list[float]:
    """Strike a node that renders; return for each of its frames how long nobody worked on it."""
    blend = farm.blend(seconds=FRAME_S)
    shot = farm.submit(blend, frames=f"1-{FRAMES}", chunk_size=1)
    wait_for(lambda: len(_rendering(farm, shot)) == FRAMES, "all frames render")
    node = _rendering(farm, shot)[0].node
    wait_for(lambda: any(work.frame for work in farm.node(node).work), f"{node} is at a frame")
    struck = [chunk for chunk in _rendering(farm, shot) if chunk.node == node]
    struck_at = time.monotonic()
    strike(farm, node)
    farm.wait_until_over(shot)
    _bring_back(farm, node)
    frames = {frame for chunk in struck for frame in FrameList.parse(chunk.frames)}
    again = _begun(farm, shot, frames)
    assert again.keys() == frames, f"frames {frames - again.keys()} were not rendered again"
    return [begun - struck_at for begun in again.values()]


def _rendering(farm: Farm, shot: int) -> list[ChunkRow]:
    with farm.core.app_context():
        found = shots.shot_chunks(shot)
    return [chunk for chunk in found if chunk.state is ChunkState.RENDERING]


def _begun(farm: Farm, shot: int, frames: set[int]) -> dict[int, float]:
    """Return when each frame's picture was begun, on the monotonic clock."""
    with farm.core.app_context():
        chunks = {chunk.id for chunk in shots.shot_chunks(shot)}
    journal = read_journal(Path(farm.env["FAKE_BLENDER_JOURNAL"]))
    return {
        picture.frame: picture.start
        for picture in journal
        if picture.chunk in chunks and picture.frame in frames
    }


def _kill_and_restart(farm: Farm, node: str) -> None:
    farm.kill(node)
    farm.restart(node)


def _kill_blenders(farm: Farm, node: str) -> None:
    for process in psutil.Process(farm.pid(node)).children(recursive=True):
        if "inside.py" in " ".join(process.cmdline()):
            process.kill()


def _bring_back(farm: Farm, node: str) -> None:
    """Have all nodes ready for the next round."""
    if farm.processes[node].poll() is not None:
        farm.restart(node)
    wait_for(lambda: farm.node(node).online, f"{node} is online")
    wait_for(lambda: not any(farm.node(name).work for name in NODES), "all nodes are idle")
