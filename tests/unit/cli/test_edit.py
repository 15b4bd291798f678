from __future__ import annotations

import pytest

from brender_farm.client import ShotHandle, get_shot


@pytest.fixture
def shot(brender, scene) -> ShotHandle:
    assert brender("submit", scene, "--frames", "1-4").exit_code == 0
    return get_shot(1)


def test_settings_of_a_shot_are_changed(brender, shot):
    shown = brender("edit", 1, "--priority", 80, "--notes", "Retake", "--frames", "1-6", "--race")
    assert shown.output == "Shot 1 is changed; it is queued, 0/6.\n"
    detail = shot.detail
    assert (detail.row.priority, detail.notes, detail.frames) == (80, "Retake", "1-6")
    assert detail.race


def test_an_empty_value_asks_for_nothing(brender, shot):
    brender("edit", 1, "--max-nodes", 3, "--samples", 8, "--no-denoise")
    assert (shot.detail.max_nodes, shot.detail.render) == (3, {"samples": 8, "denoise": False})
    brender("edit", 1, "--max-nodes", "", "--samples", "")
    assert (shot.detail.max_nodes, shot.detail.render) == (None, {"denoise": False})


def test_what_is_wrong_is_told_in_one_go(brender, shot):
    shown = brender("edit", 1, "--priority", 900, "--frames", "x")
    assert shown.exit_code == 1
    assert "priority: 900 is not a priority." in shown.stderr
    assert "frames: 'x' is not a frame range." in shown.stderr
    assert "Say what to change" in brender("edit", 1).stderr


def test_a_shot_is_submitted_again(brender, shot):
    shown = brender("clone", 1, "--frames", "1-2", "--percentage", 50)
    assert shown.output.startswith("Shot 2 · 2 frames · ")
    detail = get_shot(2).detail
    assert detail.output_dir.endswith("/renders/tiny/v002")
    assert (detail.row.name, detail.width, detail.height) == ("tiny", 80, 45)


def test_every_option_of_the_two_is_a_field_of_a_submission(brender, shot):
    for command in ("edit", "clone"):
        shown = brender(command, "--help")
        assert shown.exit_code == 0
        assert "--view-layers" in shown.output
    assert "--output" not in brender("edit", "--help").output
