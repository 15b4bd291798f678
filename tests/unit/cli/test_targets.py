"""Shots are meant by number or name, many at once, and nodes by name."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from brender_farm.cli import cli
from brender_farm.cli.ending import Ending
from brender_farm.client import get_shot
from brender_farm.domain.states import ShotState


@pytest.fixture
def three(brender, scene) -> None:
    """Submit two shots of one name and another one."""
    for name in ("harbour_010", "mill", "mill"):
        assert brender("submit", scene, "--name", name, "--frames", "1-4").exit_code == 0


def test_a_shot_is_meant_by_its_name_in_any_case(brender, three):
    assert brender("pause", "Harbour_010").output == "Shot 1 is paused.\n"
    assert brender("shot", "harbour_010").output.startswith("Shot 1: harbour_010\n")


def test_several_of_one_name_are_listed(brender, three):
    shown = brender("pause", "mill")
    assert shown.exit_code == Ending.NOT_FOUND
    assert shown.stderr == (
        "brender: 2 shots are called 'mill': 3 (mill, queued, mira), 2 (mill, queued, mira). "
        "Say the number of one of them.\n"
    )


def test_the_one_that_is_not_archived_is_meant(brender, three):
    brender("cancel", 2)
    brender("archive", 2)
    assert brender("pause", "mill").output == "Shot 3 is paused.\n"


def test_a_part_of_a_name_is_no_name_but_a_hint(brender, three):
    shown = brender("pause", "harb")
    assert shown.exit_code == Ending.NOT_FOUND
    assert "Did you mean 1 (harbour_010, queued, mira)?" in shown.stderr
    assert "See: brender shots" in brender("pause", "nothing like it").stderr


def test_many_are_steered_at_once(brender, three):
    assert brender("pause", 1, 3).output == "Shots 1, 3 are paused.\n"
    assert brender("priority", 1, 2, 3, 80).output == "Shots 1, 2, 3 are at priority 80.\n"
    assert get_shot(3).detail.row.priority == 80


def test_one_that_refuses_stops_none_of_the_others(brender, three):
    brender("pause", 1)
    shown = brender("pause", 1, 2)
    assert shown.exit_code == Ending.REFUSED
    assert shown.stdout == "Shot 2 is paused.\n"
    assert shown.stderr.startswith("brender: shot 1, “harbour_010”: It is paused")


def test_programs_get_what_became_of_each(brender, three):
    done = json.loads(brender("pause", 1, 99, "--json").stdout)
    assert (done["action"], done["done"]) == ("pause", [1])
    assert done["refused"] == [{"shot_id": 99, "name": "", "why": "There is no shot 99."}]
    one = json.loads(brender("resume", 1, "--json").stdout)
    assert one == {"action": "resume", "done": [1], "refused": []}


def test_only_shots_that_are_not_there_end_with_not_found(brender, three):
    assert brender("pause", 98, 99).exit_code == Ending.NOT_FOUND


def test_numbers_come_in_on_stdin(brender, three):
    listed = brender("shots", "--search", "mill", "--ids").output
    assert listed == "3\n2\n"
    done = CliRunner().invoke(cli, ["pause", "-"], input=listed)
    assert done.output == "Shots 2, 3 are paused.\n"
    assert get_shot(2).state is ShotState.PAUSED
    assert CliRunner().invoke(cli, ["pause", "-"], input="").exit_code == Ending.WRONG_USE


def test_many_are_deleted_in_any_order(brender, three):
    brender("after", 3, "2")
    refused = brender("delete", 2, 3)
    assert "Say --yes to delete them." in refused.stderr
    assert brender("delete", 2, 3, "--yes").output == "Shots 2, 3 are deleted.\n"
    assert len(brender("shots").output.splitlines()) == 2


def test_several_nodes_are_steered(brender, node):
    shown = brender("node", "drain", node, "titan")
    assert shown.exit_code == Ending.NOT_FOUND
    assert "There is no node 'titan'" in shown.stderr
    done = json.loads(brender("node", "drain", node, "--json").output)
    assert [row["intent"] for row in done["done"]] == ["draining"]
    assert "Did you mean atlas?" in brender("node", "drain", "atlass").stderr
