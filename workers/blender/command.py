"""How Blender is started: the argument list and the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from workers.blender.locate import BlenderInstall

INSIDE = Path(__file__).with_name("inside.py")
MARKER_VARIABLE = "BRENDER_FARM_CHILD"


def blender_command(install: BlenderInstall) -> list[str]:
    """Return the argument list that starts `inside.py` in this Blender."""
    if install.kind == "bpy":
        # -P keeps the script's folder off sys.path, where it could hide an add-on's modules.
        return [str(install.path), "-P", str(INSIDE)]
    # The user's preferences stay (no --factory-startup): they hold the GPU choice and add-ons.
    return [
        str(install.path),
        "--background",
        "--disable-autoexec",
        "-noaudio",
        "--python-exit-code",
        "1",
        "--python",
        str(INSIDE),
    ]


def child_environment(node_name: str) -> dict[str, str]:
    """Return this process's environment for a child: marked as ours, without Brender's settings.

    Scripts in a .blend have no business with the broker's or the database's address and password.
    """
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("BRENDER_")
    }
    return {**inherited, MARKER_VARIABLE: marker(node_name, psutil.Process())}


def marker(node_name: str, node: psutil.Process) -> str:
    """Return `<node name>:<pid>:<create time>`, by which a dead node's children are known."""
    return f"{node_name}:{node.pid}:{node.create_time():.2f}"
