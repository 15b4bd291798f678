from __future__ import annotations

import json


def test_nodes_are_listed_in_a_table(brender, node):
    heads, row = brender("nodes").output.splitlines()
    assert heads.split() == ["NAME", "STATE", "SLOTS", "CPU", "MEMORY", "BLENDER", "RENDERS"]
    assert row.split() == [
        *("atlas", "online,", "enabled", "2", "12", "%", "3.0/16", "GB", "4.5.15", "-")
    ]


def test_nodes_are_json_for_programs(brender, node):
    (row,) = json.loads(brender("nodes", "--json").output)
    assert (row["name"], row["online"], row["intent"]) == ("atlas", True, "enabled")
    assert row["actions"] == ["drain", "disable"]


def test_a_farm_without_nodes_has_an_empty_table(brender):
    assert len(brender("nodes").output.splitlines()) == 1
    assert json.loads(brender("nodes", "--json").output) == []


def test_a_node_is_steered(brender, node):
    assert brender("node", "drain", "atlas", "--reason", "Update.").output == (
        "Node atlas is draining.\n"
    )
    assert "online, draining" in brender("nodes").output
    assert brender("node", "disable", "atlas").output == "Node atlas is disabled.\n"
    assert brender("node", "enable", "atlas").output == "Node atlas is enabled.\n"


def test_a_node_that_is_none_is_one_clear_line(brender, node):
    shown = brender("node", "drain", "titan")
    assert shown.exit_code == 1
    assert shown.stderr == "brender: There is no node 'titan'. See: brender nodes\n"


def test_what_is_not_possible_now_says_what_is(brender, node):
    shown = brender("node", "enable", "atlas")
    assert shown.exit_code == 1
    assert shown.stderr == (
        "brender: It is enabled: 'enable' is not possible now. Possible: drain, disable.\n"
    )
