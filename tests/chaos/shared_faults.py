"""Faults of what all share: the broker and its memory, the disk, the clock, the scenes' Blender."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from redis import RedisError

from tests.chaos import jumping_clock
from tests.chaos.farm import ChaosFarm
from tests.chaos.faults import Fault, NothingToStrike, freeze, kill

_JUMPS_S = (-7200.0, -90.0, 90.0, 7200.0)
_DAMAGES = ("truncate", "wrong_size", "no_file")
_LAST_FRAME = 1000


@contextlib.contextmanager
def forget(farm: ChaosFarm, _name: str, _chance: random.Random) -> Iterator[None]:
    """Empty the broker's memory while everybody stays connected."""
    try:
        farm.redis().flushall()
    except (RedisError, OSError) as error:
        raise NothingToStrike("the broker does not answer") from error
    yield


@contextlib.contextmanager
def lose_memory(farm: ChaosFarm, name: str, _chance: random.Random) -> Iterator[None]:
    """Kill the broker, and let it come back without what it had on its disk."""
    with farm.holding(name):
        farm.kill(name, signal.SIGKILL)
        shutil.rmtree(farm.settings.broker_dir / "appendonlydir", ignore_errors=True)
        yield


@contextlib.contextmanager
def fill_disk(farm: ChaosFarm, _name: str, _chance: random.Random) -> Iterator[None]:
    assert farm.disk is not None
    farm.disk.fill()
    try:
        yield
    finally:
        farm.disk.clear()


@contextlib.contextmanager
def damage_output(farm: ChaosFarm, _name: str, chance: random.Random) -> Iterator[None]:
    """Have every third frame come out of Blender damaged."""
    damage, first = chance.choice(_DAMAGES), chance.randrange(3)
    farm.tell_blenders(**{damage: list(range(first, _LAST_FRAME, 3))})
    try:
        yield
    finally:
        farm.tell_blenders()


@contextlib.contextmanager
def set_clock(farm: ChaosFarm, _name: str, chance: random.Random) -> Iterator[None]:
    """Set the scheduler's clock wrong, by minutes or hours, and right again later."""
    file = Path(farm.env[jumping_clock.VARIABLE])
    file.write_text(str(chance.choice(_JUMPS_S)))
    try:
        yield
    finally:
        file.write_text("0")


SHARED_FAULTS = (
    Fault("kill broker", kill, ("broker",), (0.3, 8), wastes_nothing=True),
    Fault("pause broker", freeze, ("broker",), (0.5, 9), wastes_nothing=True),
    Fault("empty broker", forget, ("broker",), (0, 0)),
    Fault("kill broker, lose its memory", lose_memory, ("broker",), (0.3, 8)),
    Fault("fill output disk", fill_disk, ("output",), (0.5, 6), needs_disk=True),
    Fault("damage output", damage_output, ("output",), (1, 5), needs_fake=True),
    Fault("set clock", set_clock, ("clock",), (1, 8), wastes_nothing=True),
)
