from __future__ import annotations

import json

import pytest

from brender_farm.cli.ending import Ending
from brender_farm.client import get_shot
from brender_farm.domain.states import ShotState


@pytest.fixture
def submitted(brender, scene) -> int:
    shown = brender("submit", scene, "--name", "Opening", "--frames", "1-8")
    assert shown.exit_code == 0, shown.output
    return 1


def test_a_scene_is_submitted_with_what_is_typed(brender, scene, here, tmp_path):
    shown = brender(
        *("submit", scene, "--frames", "1-47x2", "--name", "Opening", "--priority", 70),
        *("--chunk-size", 4, "--format", "exr", "--output", tmp_path / "out"),
        *("--width", 320, "--height", 180),
    )
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.splitlines() == [
        f"Shot 1 · 24 frames · {tmp_path}/out",
        "http://localhost:8888/shots/1",
    ]
    detail = get_shot(1).detail
    assert (detail.row.name, detail.row.priority, detail.row.submitter) == ("Opening", 70, "mira")
    assert (detail.frames, detail.chunk_size, detail.format) == ("1-47x2", 4, "EXR")
    assert (detail.width, detail.height) == (320, 180)


def test_a_relative_path_is_taken_from_here(brender, scene, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert brender("submit", "tiny.blend", "--output", "out").exit_code == 0
    assert get_shot(1).output == tmp_path / "out"


def test_what_is_missing_is_warned_of(brender, tmp_path, data_dir):
    (tmp_path / "film.blend").write_bytes((data_dir / "film.blend").read_bytes())
    shown = brender("submit", tmp_path / "film.blend")
    assert shown.exit_code == 0
    assert "Warning: The file is set to a film format (FFMPEG)" in shown.output
    strict = brender("submit", tmp_path / "film.blend", "--strict")
    assert strict.exit_code == 1
    assert "film format" in strict.output


def test_a_refusal_names_each_field_on_a_line_and_nothing_is_stored(brender, scene):
    shown = brender("submit", scene, "--frames", "x", "--priority", 200)
    assert shown.exit_code == 1
    lines = shown.stderr.splitlines()
    assert lines[0].startswith("brender: priority: 200 is not a priority.")
    assert lines[1].startswith("frames: 'x' is not a frame range.")
    assert len(lines) == 2
    assert shown.stdout == ""
    assert brender("shot", 1).exit_code == Ending.NOT_FOUND


def test_shots_are_listed_in_a_table(brender, submitted, scene):
    brender("submit", scene)
    heads, *rows = brender("shots").output.splitlines()
    assert heads.split() == [
        *("ID", "STATE", "DONE", "FAILED", "S/FRAME", "LEFT", "PRIO", "SUBMITTER", "NAME")
    ]
    assert [row.split() for row in rows] == [
        ["2", "queued", "0/24", "0", "-", "-", "50", "mira", "tiny"],
        ["1", "queued", "0/8", "0", "-", "-", "50", "mira", "Opening"],
    ]


def test_the_list_can_be_cut_short_and_searched(brender, submitted, scene):
    brender("submit", scene)
    assert brender("shots", "--limit", 1).output.splitlines()[-1] == "… and 1 more."
    assert "Opening" in brender("shots", "--search", "open").output
    assert "Opening" not in brender("shots", "--search", "%").output
    assert len(brender("shots", "--state", "paused").output.splitlines()) == 1


def test_shots_are_json_for_programs(brender, submitted):
    (row,) = json.loads(brender("shots", "--json").output)
    assert (row["id"], row["name"], row["state"], row["frame_count"]) == (1, "Opening", "queued", 8)
    assert row["created_at"].endswith("+00:00")
    detail = json.loads(brender("shot", 1, "--json").output)
    assert detail["row"] == row
    assert detail["frames"] == "1-8"


def test_one_shot_is_shown_with_why_it_waits(brender, submitted, scene):
    shown = brender("shot", 1).output
    assert shown.startswith("Shot 1: Opening\n")
    for words in (
        "state     queued.\n",
        "frames    0 of 8 done, 0 failed, 0 rendering (1-8)",
        "waiting   The farm has no node yet. Start one with: brender worker",
        f"file      {scene} (Blender 4.5, scene Scene)",
        "160×90 PNG",
        "may       pause, cancel, edit, clone, rerender, audit, delete",
    ):
        assert words in shown


def test_a_shot_is_steered(brender, submitted):
    assert brender("pause", 1, "--reason", "Lunch.").output == "Shot 1 is paused.\n"
    assert "Lunch." in brender("shot", 1).output
    assert brender("resume", 1).output == "Shot 1 is queued.\n"
    assert brender("cancel", 1).output == "Shot 1 is cancelled.\n"
    assert brender("retry", 1).output == "Shot 1 is queued.\n"
    assert brender("priority", 1, 99).output == "Shot 1 is at priority 99.\n"
    assert get_shot(1).state is ShotState.QUEUED


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("resume", 1), "It is queued: 'resume' is not possible now. Possible: pause, cancel."),
        (("priority", 1, 101), "priority: 101 is not a priority."),
        (("submit", "/nowhere/x.blend"), "outside the folders this farm may use"),
        (("submit", ""), "No path was given."),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_an_error_is_one_clear_line(brender, submitted, typed, words):
    shown = brender(*typed)
    assert shown.exit_code == 1
    assert shown.stdout == ""
    (line,) = shown.stderr.splitlines()
    assert line.startswith("brender: ")
    assert words in line


@pytest.mark.parametrize("typed", [("shot", 99), ("cancel", 99), ("priority", 99, 1), ("wait", 99)])
def test_a_shot_that_is_none_is_not_found(brender, submitted, typed):
    shown = brender(*typed)
    assert shown.exit_code == Ending.NOT_FOUND
    assert shown.stderr == "brender: There is no shot 99.\n"


@pytest.mark.parametrize("typed", [("pause",), ("shots", "--limit", 0), ("shot", "1", "2")])
def test_a_wrong_use_says_where_the_right_one_is(brender, typed):
    shown = brender(*typed)
    assert shown.exit_code == Ending.WRONG_USE
    (line,) = shown.stderr.splitlines()
    assert line.startswith("brender: ")
    assert line.endswith("--help")


def test_a_wrong_setting_is_one_clear_line(brender, monkeypatch):
    from brender_farm import config

    monkeypatch.setenv("BRENDER_PORT", "eighty")
    config.settings.cache_clear()
    shown = brender("shots")
    monkeypatch.delenv("BRENDER_PORT")
    config.settings.cache_clear()
    assert shown.exit_code == 1
    assert shown.stderr == (
        "brender: BRENDER_PORT is 'eighty': a port is a number from 1 to 65535. See .env.example.\n"
    )
