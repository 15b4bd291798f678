"""The Python API: submit shots to a farm and follow them, on its machine or from anywhere.

from brender_farm import submit_shot
shot = submit_shot("scene.blend", frames="1-48")
shot.wait()
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brender_farm.client.connection import this_farm
    from brender_farm.client.core import core_app
    from brender_farm.client.farm import Farm
    from brender_farm.client.handle import Progress, ShotHandle
    from brender_farm.client.paths import full_path
    from brender_farm.client.submitting import connect, get_shot, submit_shot
    from brender_farm.client.who import user_name

__all__ = [
    "Farm",
    "Progress",
    "ShotHandle",
    "connect",
    "core_app",
    "full_path",
    "get_shot",
    "submit_shot",
    "this_farm",
    "user_name",
]
_HOMES = {
    "Farm": "farm",
    "Progress": "handle",
    "ShotHandle": "handle",
    "connect": "submitting",
    "core_app": "core",
    "full_path": "paths",
    "get_shot": "submitting",
    "submit_shot": "submitting",
    "this_farm": "connection",
    "user_name": "who",
}


def __getattr__(name: str) -> Any:
    """Load what a script or a command uses, and no more: a shell waits for every import."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'brender_farm.client' has no attribute {name!r}")
