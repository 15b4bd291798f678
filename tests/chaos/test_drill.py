"""Shots under fire: nothing is lost, damaged or left behind, whatever strikes whom."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.drill import Drill, Found
from tests.chaos.farm import ChaosFarm
from tests.chaos.real import REAL_FAULTS, REAL_ORDERS
from tests.chaos.schedule import FAULTS, named

SEED = 7
SHORT = named(
    "kill node",
    "freeze node",
    "kill Blender",
    "cut node off",
    "kill scheduler",
    "kill broker, lose its memory",
    "empty broker",
    "messages twice",
    "damage output",
)


@pytest.fixture
def ended(tmp_path: Path) -> Iterator[Callable[[ChaosFarm], ChaosFarm]]:
    farms: list[ChaosFarm] = []

    def remember(farm: ChaosFarm) -> ChaosFarm:
        farms.append(farm)
        return farm

    yield remember
    for farm in farms:
        farm.stop()


def nothing_is_wrong(found: Found) -> bool:
    assert not found.problems, found.report
    return True


@pytest.mark.xdist_group("chaos-fake")
def test_nothing_is_lost_while_everything_is_struck(
    tmp_path: Path, ended: Callable[[ChaosFarm], ChaosFarm]
) -> None:
    farm = ended(ChaosFarm(tmp_path / "farm"))

    found = Drill(farm, SEED, seconds=22, faults=SHORT).run()

    assert nothing_is_wrong(found)
    assert found.frames >= 300
    assert found.struck.keys() >= {fault.name for fault in SHORT}, found.report


@pytest.mark.xdist_group("chaos-waste")
def test_nothing_is_rendered_again_for_restarts_that_keep_the_memory(
    tmp_path: Path, ended: Callable[[ChaosFarm], ChaosFarm]
) -> None:
    farm = ended(ChaosFarm(tmp_path / "farm"))
    harmless = [fault for fault in FAULTS if fault.wastes_nothing]

    found = Drill(farm, SEED, seconds=15, faults=harmless).run()

    assert nothing_is_wrong(found)
    assert found.waste.count == 0, found.report


@pytest.mark.xdist_group("chaos-real")
def test_a_real_blender_under_fire_renders_the_same_pixels(
    tmp_path: Path, ended: Callable[[ChaosFarm], ChaosFarm]
) -> None:
    if importlib.util.find_spec("bpy") is None:
        pytest.skip("bpy is not installed (requirements/blender.txt; Python 3.11 only)")
    farm = ended(ChaosFarm(tmp_path / "farm", blender="bpy"))

    found = Drill(farm, SEED, seconds=15, faults=REAL_FAULTS, orders=REAL_ORDERS).run()

    assert nothing_is_wrong(found)
