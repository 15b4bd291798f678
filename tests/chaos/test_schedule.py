"""The plan of a drill: the seed decides it, and it never asks too much of a farm."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.chaos.farm import NODES
from tests.chaos.schedule import AT_ONCE, FAULTS, NODES_AT_ONCE, Planned, plan

SEEDS = range(1, 30)


def at_the_same_time(strikes: list[Planned], moment_s: float) -> list[Planned]:
    return [strike for strike in strikes if strike.at_s <= moment_s < strike.until_s]


def test_a_seed_always_plans_the_same() -> None:
    assert plan(7, seconds=60) == plan(7, seconds=60)
    assert plan(7, seconds=60) != plan(8, seconds=60)


def test_every_fault_strikes_within_few_drills() -> None:
    names = {strike.fault.name for seed in SEEDS for strike in plan(seed, seconds=45)}

    assert names == {fault.name for fault in FAULTS}


@pytest.mark.parametrize("seed", SEEDS)
def test_one_part_is_never_struck_twice_at_once(seed: int) -> None:
    for one, other in combinations(plan(seed, seconds=120), 2):
        if one.part == other.part:
            assert one.until_s < other.at_s or other.until_s < one.at_s


@pytest.mark.parametrize("seed", SEEDS)
def test_a_node_is_left_alone_at_any_moment(seed: int) -> None:
    strikes = plan(seed, seconds=120)

    for strike in strikes:
        others = at_the_same_time(strikes, strike.at_s)
        assert sum(other.part in NODES for other in others) <= NODES_AT_ONCE
        assert len(others) <= AT_ONCE
