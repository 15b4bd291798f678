"""Which fault strikes whom, when and for how long: decided by the seed alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.farm import NODES
from tests.chaos.faults import PROCESS_FAULTS, Fault
from tests.chaos.message_faults import MESSAGE_FAULTS
from tests.chaos.shared_faults import SHARED_FAULTS

FAULTS = (*PROCESS_FAULTS, *SHARED_FAULTS, *MESSAGE_FAULTS)

FIRST_S = 2.0
GAP_S = (0.5, 3.5)
AT_ONCE = 3
NODES_AT_ONCE = 2
"""One node at least is left alone."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One strike; moments in seconds from the beginning of the drill."""

    fault: Fault
    victim: str
    at_s: float
    lasts_s: float

    @property
    def until_s(self) -> float:
        return self.at_s + self.lasts_s

    @property
    def part(self) -> str:
        return self.fault.part_of(self.victim)

    def __str__(self) -> str:
        return f"{self.fault.name}: {self.victim}, for {self.lasts_s:.1f} s"


def plan(seed: int, *, seconds: float, faults: Sequence[Fault] = FAULTS) -> list[Planned]:
    """Return the strikes of a drill in order. Every fault comes once before one comes again."""
    chance = random.Random(seed)
    deck = _endless(faults, chance)
    planned: list[Planned] = []
    at_s = FIRST_S
    while at_s < seconds:
        active = [strike for strike in planned if strike.until_s > at_s]
        if len(active) < AT_ONCE:
            planned.append(_next(next(deck), active, at_s, chance))
        at_s += chance.uniform(*GAP_S)
    return sorted(planned, key=lambda strike: strike.at_s)


def named(*names: str) -> tuple[Fault, ...]:
    """Return the faults with these names. Raises KeyError for a name that no fault has."""
    by_name = {fault.name: fault for fault in FAULTS}
    return tuple(by_name[name] for name in names)


def _next(fault: Fault, active: Sequence[Planned], at_s: float, chance: random.Random) -> Planned:
    """Strike a victim as soon as its part is whole, and another node besides it."""
    victim = chance.choice(fault.victims)
    part = fault.part_of(victim)
    ends = [strike.until_s for strike in active if strike.part == part]
    struck = sorted(strike.until_s for strike in active if strike.part in NODES)
    if part in NODES and len(struck) >= NODES_AT_ONCE:
        ends.append(struck[0])
    return Planned(fault, victim, max([at_s, *ends]) + 0.01, chance.uniform(*fault.lasts_s))


def _endless(faults: Sequence[Fault], chance: random.Random) -> Iterator[Fault]:
    while True:
        yield from chance.sample(faults, len(faults))
