"""The `brender` command with a wall clock that a test moves: a machine whose time is set anew.

The seconds in the file that JUMPING_CLOCK names are added to what `time.time()` and the farm's own
`datetime.now()` say. The monotonic clock runs on, as it does on a real machine.
"""

from __future__ import annotations

import datetime as clocks
import importlib
import os
import pkgutil
import time
from pathlib import Path
from typing import Any

VARIABLE = "JUMPING_CLOCK"

_real_time = time.time


def jump_s() -> float:
    """Return how far the clock stands from the right time; 0 without a file."""
    try:
        return float(Path(os.environ[VARIABLE]).read_text())
    except (OSError, ValueError):  # ValueError: it is being written
        return 0.0


class _AnyDatetime(type):
    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, clocks.datetime)


class JumpingDatetime(clocks.datetime, metaclass=_AnyDatetime):
    """Stands in for `datetime`: what it makes are plain ones."""

    @classmethod
    def now(cls, tz: clocks.tzinfo | None = None) -> Any:
        return clocks.datetime.now(tz) + clocks.timedelta(seconds=jump_s())


def _jumping_time() -> float:
    return _real_time() + jump_s()


def main() -> None:
    time.time = _jumping_time  # before anything else takes it by name
    cli = importlib.import_module("brender_farm.cli")
    for module in _farm_modules():
        if getattr(module, "datetime", None) is clocks.datetime:
            module.datetime = JumpingDatetime
    cli.main()


def _farm_modules() -> list[Any]:
    """Return the modules that run in the scheduler and may ask for the time."""
    found = []
    for package in ("scheduler", "service"):
        root = importlib.import_module(f"brender_farm.{package}")
        names = (info.name for info in pkgutil.iter_modules(root.__path__))
        found += [importlib.import_module(f"{root.__name__}.{name}") for name in names]
    return found


if __name__ == "__main__":
    main()
