"""Brender, a render farm for Blender. Public names load on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from brender_farm.version import VERSION

if TYPE_CHECKING:
    from brender_farm import errors
    from brender_farm.client import Farm, Progress, ShotHandle, connect, get_shot, submit_shot

__version__ = VERSION

__all__ = [
    "Farm",
    "Progress",
    "ShotHandle",
    "__version__",
    "connect",
    "errors",
    "get_shot",
    "submit_shot",
]

_OF_THE_CLIENT = frozenset({"Farm", "Progress", "ShotHandle", "connect", "get_shot", "submit_shot"})


def __getattr__(name: str) -> Any:
    import importlib

    if name == "errors":
        return importlib.import_module("brender_farm.errors")
    if name in _OF_THE_CLIENT:
        return getattr(importlib.import_module("brender_farm.client"), name)
    raise AttributeError(f"module 'brender_farm' has no attribute {name!r}")
