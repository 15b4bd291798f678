"""A bare Blender, as an artist would start it: the measure of what a farm adds or saves."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = """
import os, sys
import bpy
blend, folder, first, last, persistent = sys.argv[1:]
bpy.ops.wm.open_mainfile(filepath=blend, load_ui=False)
scene = bpy.context.scene
scene.frame_start, scene.frame_end = int(first), int(last)
scene.render.filepath = folder + "/####"
if persistent == "True":
    scene.render.use_persistent_data = True
bpy.ops.render.render(animation=True)
os._exit(0)
"""
_PERSISTENT = "import bpy; bpy.context.scene.render.use_persistent_data = True"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blender:
    """One kind of Blender: how the farm is told to use it, and how it is used without a farm."""

    name: str
    setting: str
    """For BRENDER_BLENDER."""
    scene: str
    """The small scene that it can open, of tests/data."""
    command: Callable[[Path, str, int, int, bool], list[str]]

    def render_s(self, blend: Path, first: int, last: int, *, persistent: bool = False) -> float:
        """Render these frames in one new process; return the seconds from its start to its exit.

        The file's own settings count, `persistent` data apart.
        """
        with tempfile.TemporaryDirectory() as folder:
            command = self.command(blend, folder, first, last, persistent)
            began = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            seconds = time.perf_counter() - began
            assert len(list(Path(folder).iterdir())) == last - first + 1
        return seconds


def blenders() -> list[Blender]:
    """Return the kinds that this machine has: the bpy wheel, and `blender` on the PATH."""
    found = []
    if importlib.util.find_spec("bpy") is not None:
        found.append(Blender(name="bpy", setting="bpy", scene="tiny", command=_wheel))
    program = shutil.which("blender")
    if program is not None:
        found.append(Blender(name="blender", setting=program, scene="old_34", command=_installed))
    return found


def _wheel(blend: Path, folder: str, first: int, last: int, persistent: bool) -> list[str]:
    words = [str(blend), folder, str(first), str(last), str(persistent)]
    return [sys.executable, "-c", _SCRIPT, *words]


def _installed(blend: Path, folder: str, first: int, last: int, persistent: bool) -> list[str]:
    more = ["--python-expr", _PERSISTENT] if persistent else []
    frames = ["-s", str(first), "-e", str(last), "-a"]
    return ["blender", "-b", str(blend), *more, "-o", f"{folder}/####", *frames]
