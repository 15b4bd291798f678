from __future__ import annotations

import json


def test_limits_are_set_listed_and_removed(brender):
    assert brender("limits", "set", "Nuke", 4).output == "Limit nuke: 0 of 4 in use.\n"
    heads, row = brender("limits").output.splitlines()
    assert heads.split() == ["NAME", "IN", "USE", "OF", "SHOTS"]
    assert row.split() == ["nuke", "0", "4", "0"]
    assert json.loads(brender("limits", "--json").output) == [
        {"name": "nuke", "slots": 4, "used": 0, "shot_count": 0}
    ]
    assert brender("limits", "remove", "nuke").output == "Limit nuke is removed.\n"
    assert len(brender("limits").output.splitlines()) == 1


def test_a_limit_that_shots_name_stays(brender, scene):
    brender("limits", "set", "nuke", 0)
    brender("submit", scene, "--limits", "nuke")
    shown = brender("limits", "remove", "nuke")
    assert shown.exit_code == 1
    assert "Shot 1 names the limit nuke and is not finished." in shown.stderr


def test_what_is_no_limit_is_one_clear_line(brender):
    shown = brender("limits", "set", "nuke", "many")
    assert shown.exit_code == 1
    assert "'many' is not a number of chunks." in shown.stderr
    assert "There is no limit 'fog'" in brender("limits", "remove", "fog").stderr


def test_shares_are_set_listed_and_removed(brender):
    assert brender("shares", "set", "mira", 2.5).output == "mira has weight 2.5.\n"
    heads, row = brender("shares").output.splitlines()
    assert heads.split() == ["SUBMITTER", "WEIGHT", "SLOTS", "SHOTS"]
    assert row.split() == ["mira", "2.5", "0", "0"]
    (share,) = json.loads(brender("shares", "--json").output)
    assert share["weight"] == 2.5
    assert brender("shares", "remove", "mira").output == "mira has weight 1, as everybody.\n"
    assert "'mira' has no share of its own" in brender("shares", "remove", "mira").stderr


def test_who_submits_is_listed_with_the_weight_of_everybody(brender, scene):
    brender("submit", scene)
    _, row = brender("shares").output.splitlines()
    assert row.split()[1:] == ["1", "0", "1"]
