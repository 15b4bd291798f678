"""Frames that were written whole more than once, and what struck in between."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.chaos.farm import NODES
from tests.chaos.faults import Fault
from tests.chaos.journal import Picture

AFTERMATH_S = 15.0
"""How long after it is healed a fault may still make the farm render a frame again."""


@dataclass(slots=True)
class Struck:
    """A strike that happened; monotonic seconds."""

    fault: Fault
    victim: str
    since: float
    until: float = float("inf")


@dataclass(frozen=True, slots=True)
class Waste:
    """What was rendered again."""

    count: int
    by_fault: Mapping[str, int]
    """How many of them this fault may have caused; one may count for several."""
    needless: Sequence[str]
    """Those that no fault explains which needs anything rendered again."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What the database knows of a chunk."""

    shot: int
    node: str
    race: int = 0
    """Which race it is in; a frame that two of a race wrote is meant to be written twice."""


def find_waste(
    journal: Sequence[Picture],
    strikes: Sequence[Struck],
    leases: Mapping[int, Lease],
    whole_bytes: Mapping[int, int],
) -> Waste:
    """Look for frames with several whole pictures. Leases by chunk, sizes by frame."""
    wrote: defaultdict[tuple[int, int], list[Picture]] = defaultdict(list)
    for picture in journal:
        if picture.byte_count == whole_bytes.get(picture.frame) and picture.chunk in leases:
            wrote[leases[picture.chunk].shot, picture.frame].append(picture)
    by_fault: Counter[str] = Counter()
    needless, count = [], 0
    for (shot, frame), pictures in wrote.items():
        for first, second in pairwise(pictures):
            if _raced(leases[first.chunk], leases[second.chunk]):
                continue
            faults = _causes(first, second, leases[first.chunk].node, strikes)
            count += 1
            by_fault.update({fault.name for fault in faults})
            if all(fault.wastes_nothing for fault in faults):
                names = ", ".join(sorted({fault.name for fault in faults})) or "nothing"
                needless.append(
                    f"shot {shot}: frame {frame} was rendered by chunk {first.chunk} and again by "
                    f"{second.chunk}, {second.start - first.end:.1f} s later, while {names} struck"
                )
    return Waste(count, by_fault, needless)


def _raced(first: Lease, second: Lease) -> bool:
    return first != second and first.race == second.race != 0


def _causes(first: Picture, second: Picture, node: str, strikes: Sequence[Struck]) -> list[Fault]:
    """Return what struck the first picture's node, or what all share, between the two."""
    return [
        strike.fault
        for strike in strikes
        if strike.since <= second.start
        and strike.until + AFTERMATH_S >= first.start
        and (strike.victim == node or strike.victim not in NODES)
    ]
