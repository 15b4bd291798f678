"""`brender shows`, and submitting to a show."""

from __future__ import annotations

import json


def test_a_show_is_added_changed_listed_and_removed(brender, tmp_path):
    (tmp_path / "film").mkdir()
    root = tmp_path / "film"
    assert brender("shows", "add", "Film", root, "--windows", "Z:/film").output == (
        f"Show Film is {root}.\n"
    )
    assert brender("shows", "set", "film", "--name", "Feature").output == (
        f"Show Feature is {root}.\n"
    )
    heads, row = brender("shows").output.splitlines()
    assert heads.split() == ["NAME", "SHOTS", "FRAMES", "HOURS", "PRESET", "SCRIPTS", "ROOT"]
    assert row.split() == ["Feature", "0", "0", "0.0", "-", "-", str(root)]
    (show,) = json.loads(brender("shows", "--json").output)
    assert (show["root_windows"], show["is_active"]) == ("Z:\\film", False)
    assert brender("shows", "activate", "1").output == "Show Feature is the active show.\n"
    assert brender("shows").output.splitlines()[1].startswith("*")
    assert brender("shows", "activate").output == "No show is active.\n"
    assert brender("shows", "remove", "Feature", "--yes").output == (
        "Show Feature is deleted; its 0 shots belong to no show now.\n"
    )
    assert "There is no show 'Feature'" in brender("shows", "remove", "Feature").stderr


def test_a_shot_goes_where_its_show_says(brender, scene, tmp_path):
    pattern = "{shot}/v{version:03}/{shot}_{frame:04}.{ext}"
    brender("shows", "add", "Film", tmp_path, "--pattern", pattern)
    assert f"· {tmp_path}/tiny/v001\n" in brender("submit", scene, "--frames", "1-2").output
    assert "show      Film" in brender("shot", 1).output
    shown = brender("submit", scene, "--frames", "1-2", "--show", "none").output
    assert f"· {tmp_path}/renders/tiny/v001\n" in shown
    assert "no show 'nope'" in brender("submit", scene, "--show", "nope").stderr


def test_what_is_wrong_with_a_show_is_told_at_once(brender, tmp_path):
    refused = brender("shows", "add", "none", tmp_path / "no", "--pattern", "{shot}.png")
    assert refused.exit_code == 1
    for words in ("not a name for a show", "no folder", "must end with"):
        assert words in refused.stderr


def test_scripts_of_a_shows_files_are_let_run_and_stopped(brender, tmp_path):
    may_run = " Scripts in its .blend files may run on the nodes.\n"
    said = brender("shows", "add", "Film", tmp_path, "--scripts").output
    assert said == f"Show Film is {tmp_path}.{may_run}"
    assert brender("shows").output.splitlines()[1].split()[-2:] == ["run", str(tmp_path)]
    assert brender("shows", "set", "Film", "--notes", "x").output.endswith(may_run)
    assert brender("shows", "set", "Film", "--no-scripts").output == f"Show Film is {tmp_path}.\n"
