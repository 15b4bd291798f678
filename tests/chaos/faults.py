"""What a fault is, and those that strike processes: kill -9, and SIGSTOP until SIGCONT."""

from __future__ import annotations

import contextlib
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import psutil

from tests.chaos.farm import NODES, ChaosFarm, descendants, signal_all

Strike = Callable[[ChaosFarm, str, random.Random], AbstractContextManager[None]]
"""Strikes a victim when entered and heals it when left. Raises NothingToStrike."""


class NothingToStrike(Exception):
    """The victim is not there now."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of trouble."""

    name: str
    strike: Strike
    victims: tuple[str, ...]
    lasts_s: tuple[float, float]
    """The shortest and the longest time until it is healed."""
    wastes_nothing: bool = False
    """Whether no frame that was written needs to be rendered again because of it."""
    part: str = ""
    """What it strikes, when that is not its victim; two faults never strike one part at once."""
    needs_fake: bool = False
    """Whether only the fake Blender can be told to do it."""
    needs_disk: bool = False
    """Whether it can strike only where the output has a disk of its own."""

    def part_of(self, victim: str) -> str:
        return self.part or victim


@contextlib.contextmanager
def kill(farm: ChaosFarm, name: str, _chance: random.Random) -> Iterator[None]:
    with farm.holding(name):
        farm.kill(name)
        yield


@contextlib.contextmanager
def freeze(farm: ChaosFarm, name: str, _chance: random.Random) -> Iterator[None]:
    """Stop a process; its children run on."""
    farm.kill(name, signal.SIGSTOP)
    try:
        yield
    finally:
        farm.kill(name, signal.SIGCONT)


@contextlib.contextmanager
def freeze_whole(farm: ChaosFarm, name: str, _chance: random.Random) -> Iterator[None]:
    """Stop a process with all its children, as a machine that is suspended."""
    pid = farm.pid(name)
    stopped = [*descendants(pid), psutil.Process(pid)]
    signal_all(stopped, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_all(stopped, signal.SIGCONT)


@contextlib.contextmanager
def lose_power(farm: ChaosFarm, name: str, _chance: random.Random) -> Iterator[None]:
    """Kill a node with its Blenders and everything else it has started."""
    children = descendants(farm.pid(name))
    with farm.holding(name):
        farm.kill(name)
        signal_all(children, signal.SIGKILL)
        yield


@contextlib.contextmanager
def kill_blender(farm: ChaosFarm, node: str, chance: random.Random) -> Iterator[None]:
    signal_all([_one_blender(farm, node, chance)], signal.SIGKILL)
    yield


@contextlib.contextmanager
def freeze_blender(farm: ChaosFarm, node: str, chance: random.Random) -> Iterator[None]:
    """Stop a Blender; past the stall limit its node ends it."""
    blender = _one_blender(farm, node, chance)
    signal_all([blender], signal.SIGSTOP)
    try:
        yield
    finally:
        signal_all([blender], signal.SIGCONT)


@contextlib.contextmanager
def cut_cable(farm: ChaosFarm, node: str, _chance: random.Random) -> Iterator[None]:
    farm.cables[node].cut()
    try:
        yield
    finally:
        farm.cables[node].mend()


@contextlib.contextmanager
def stall_cable(farm: ChaosFarm, node: str, _chance: random.Random) -> Iterator[None]:
    """Let nothing through: no connection ends, and nobody answers."""
    farm.cables[node].stall()
    try:
        yield
    finally:
        farm.cables[node].mend()


def _one_blender(farm: ChaosFarm, node: str, chance: random.Random) -> psutil.Process:
    found = farm.blenders(node)
    if not found:
        raise NothingToStrike(f"{node} has no Blender now")
    return chance.choice(found)


_NODES = tuple(NODES)

PROCESS_FAULTS = (
    Fault("kill node", kill, _NODES, (0.3, 14)),
    Fault("freeze node", freeze, _NODES, (0.5, 14)),
    Fault("suspend node", freeze_whole, _NODES, (0.5, 14)),
    Fault("power off node", lose_power, _NODES, (0.3, 14)),
    Fault("cut node off", cut_cable, _NODES, (0.5, 14)),
    Fault("stall node's network", stall_cable, _NODES, (0.5, 14)),
    Fault("kill Blender", kill_blender, _NODES, (0, 0)),
    Fault("freeze Blender", freeze_blender, _NODES, (0.5, 8)),
    Fault("kill scheduler", kill, ("scheduler",), (0.3, 12), wastes_nothing=True),
    Fault("freeze scheduler", freeze, ("scheduler",), (0.5, 12), wastes_nothing=True),
    Fault("kill dashboard", kill, ("web",), (0.3, 4), wastes_nothing=True),
    Fault("freeze dashboard", freeze_whole, ("web",), (0.5, 5), wastes_nothing=True),
)
