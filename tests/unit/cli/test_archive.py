from __future__ import annotations

import pytest

from brender_farm.client import get_shot
from brender_farm.domain.states import ShotState


@pytest.fixture
def two(brender, scene) -> None:
    """Submit two shots and cancel the first."""
    for name in ("Opening", "Ending"):
        assert brender("submit", scene, "--name", name, "--frames", "1-8").exit_code == 0
    assert brender("cancel", 1).exit_code == 0


def test_shots_are_archived_and_come_back(brender, two):
    assert brender("archive", 1).output == "Shot 1 is archived.\n"
    assert "Opening" not in brender("shots").output
    assert "Opening" in brender("shots", "--all").output
    assert brender("unarchive", 1, 2).output == "Shots 1, 2 are in the list.\n"
    assert "Opening" in brender("shots").output


def test_a_shot_that_goes_on_refuses_and_the_others_do_not(brender, two):
    shown = brender("archive", 1, 2, 99)
    assert shown.exit_code == 1
    assert shown.stdout == "Shot 1 is archived.\n"
    assert shown.stderr.splitlines() == [
        (
            "brender: shot 2, “Ending”: It is queued: only shots that are over can be archived. "
            "Cancel it first."
        ),
        "brender: shot 99: There is no shot 99.",
    ]


def test_shots_begin_again_when_told_so(brender, two):
    asked = brender("reset", 1, 2)
    assert asked.exit_code == 2
    assert "Say --yes to reset them." in asked.stderr
    assert brender("reset", 1, 2, "--yes").output == "Shots 1, 2 are begun again.\n"
    assert get_shot(1).state is ShotState.QUEUED


def test_a_handle_archives_and_resets(brender, two):
    handle = get_shot(1)
    handle.archive()
    assert handle.detail.row.archived
    handle.unarchive()
    assert not handle.detail.row.archived
    assert handle.reset() is ShotState.QUEUED


def test_the_list_is_filtered(brender, two):
    assert "Ending" not in brender("shots", "--state", "cancelled,failed").output
    assert len(brender("shots", "--submitter", "nobody").output.splitlines()) == 1
