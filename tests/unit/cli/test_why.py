from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from brender_farm import client
from brender_farm.db.core import writing
from brender_farm.db.models import Farm


@pytest.fixture
def scheduler(here) -> None:
    with client.core_app().app_context(), writing() as session:
        session.get_one(Farm, 1).pass_at = datetime.now(UTC)


def test_reasons_are_numbered_each_with_its_remedy(brender, scene):
    brender("submit", scene, "--name", "Opening", "--frames", "1-8")
    assert brender("why", 1).output.splitlines() == [
        "Shot 1 “Opening”: 8 frames wait.",
        "  1. The farm has no node yet.",
        "     Start one with: brender worker",
    ]


def test_a_finished_shot_says_so(brender, scene):
    brender("submit", scene)
    brender("cancel", 1)
    shown = brender("why", 1)
    assert (shown.exit_code, shown.output) == (
        0,
        "Shot 1 “tiny”: It is cancelled: nothing of it waits.\n",
    )


def test_a_node_says_why_it_idles(brender, scene, node, scheduler):
    brender("submit", scene, "--tags", "gpu")
    assert brender("why", "--node", node).output.splitlines() == [
        "Node atlas: 2 of its 2 slots are idle.",
        "  1. 1 shot needs the tag gpu: shot 1.",
        "     Change its BRENDER_TAGS, if it is to render them.",
    ]


def test_reasons_are_json_for_programs(brender, scene):
    brender("submit", scene)
    found = json.loads(brender("why", 1, "--json").output)
    assert (found["shot_id"], found["state"]) == (1, "queued")
    assert found["reasons"][0]["kind"] == "no_node"


def test_python_has_the_same_reasons(brender, scene):
    brender("submit", scene)
    assert [reason.kind for reason in client.get_shot(1).why()] == ["no_node"]


@pytest.mark.parametrize("arguments", [(), (1, "--node", "atlas")])
def test_it_is_asked_of_a_shot_or_a_node(brender, arguments):
    shown = brender("why", *arguments)
    assert shown.exit_code == 2
    assert "Name a shot, or a node with --node." in shown.output


def test_what_is_not_there_is_one_clear_line(brender):
    assert brender("why", 9).stderr == "brender: There is no shot 9.\n"
    assert "There is no node 'atlas'" in brender("why", "--node", "atlas").stderr
