from __future__ import annotations

import json
from datetime import datetime, timedelta

from brender_farm import client
from brender_farm.cli.ending import Ending
from brender_farm.client import get_shot
from brender_farm.db.core import writing
from brender_farm.db.models import Chunk, Node, Shot
from brender_farm.domain.states import NodeIntent, ShotState


def test_nodes_are_listed_in_a_table(brender, node):
    heads, row = brender("nodes").output.splitlines()
    assert heads.split() == ["NAME", "STATE", "SLOTS", "CPU", "MEMORY", "BLENDER", "RENDERS"]
    assert row.split() == [
        *("atlas", "online,", "enabled", "2", "12", "%", "3.0/16", "GB", "4.5.15", "-")
    ]


def test_pools_and_cards_have_columns_once_a_node_has_any(brender, node):
    with client.core_app().app_context(), writing() as session:
        atlas = session.query(Node).one()
        atlas.facts = {**atlas.facts, "pool": "film", "gpus": ["L40", "L40"]}
    heads, row = brender("nodes").output.splitlines()
    assert heads.split() == [
        *("NAME", "STATE", "POOL", "SLOTS", "CPU", "MEMORY", "BLENDER", "GPU", "RENDERS")
    ]
    assert row.split()[3] == "film"
    assert row.split()[-4:] == ["2", "×", "L40", "-"]


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
    assert shown.exit_code == Ending.NOT_FOUND
    assert shown.stderr == "brender: There is no node 'titan'. See: brender nodes\n"


def test_what_is_not_possible_now_says_what_is(brender, node):
    shown = brender("node", "enable", "atlas")
    assert shown.exit_code == 1
    assert shown.stderr == (
        "brender: It is enabled: 'enable' is not possible now. Possible: drain, disable.\n"
    )


def test_a_node_is_disabled_at_once(brender, node, scene):
    brender("submit", scene, "--frames", "1-4")
    with client.core_app().app_context(), writing() as session:
        shot, atlas = session.get_one(Shot, 1), session.query(Node).one()
        shot.pending, shot.pending_count, shot.state = "", 0, ShotState.RENDERING
        at = shot.created_at
        chunk = Chunk(shot_id=1, node_id=atlas.id, state="rendering", sent_at=at, started_at=at)
        chunk.spans, chunk.frames, chunk.frame_count = "0-4", "1-4", 4
        session.add(chunk)
    assert brender("node", "disable", node, "--now").output == "Node atlas is disabled.\n"
    row = get_shot(1).detail.row
    assert (row.state, row.pending_count) == (ShotState.QUEUED, 4)
    assert brender("node", "enable", node, "--now").exit_code == 2


def test_what_keeps_a_node_from_rendering_is_told_below_the_table(brender, node):
    with client.core_app().app_context(), writing() as session:
        atlas = session.query(Node).one()
        atlas.intent, atlas.bans_in_row, atlas.reason = NodeIntent.DISABLED, 2, "Sick: no memory."
        atlas.unwell = {"/mnt/fog": "No space left on device."}
    _, row, *notes = brender("nodes").output.splitlines()
    assert "online, sick" in row
    assert notes == [
        "atlas: Sick: no memory.",
        "atlas: It cannot write to /mnt/fog now: No space left on device.",
    ]


def test_a_nodes_hours_are_set_and_shown(brender, node):
    assert brender("node", "hours", node).output == "Node atlas takes new work: always.\n"
    shown = brender("node", "hours", node, "Mon-Sun 9:00-17:00")
    assert shown.output.splitlines()[0] == "Node atlas takes new work: daily 09:00-17:00."
    assert brender("node", "hours", node, "always").output == (
        "Node atlas takes new work: always.\n"
    )


def test_hours_that_cannot_be_read_are_one_clear_line_with_an_example(brender, node):
    shown = brender("node", "hours", node, "mo-fri")
    assert shown.exit_code == 1
    assert "“mo” is not a day" in shown.stderr
    assert "Example: mon-fri 19:00-08:00, sat-sun" in shown.stderr


def test_a_node_outside_its_hours_is_told_below_the_table(brender, node):
    today = datetime.now().astimezone()
    yesterday = f"{today - timedelta(days=1):%a}".lower()
    brender("node", "hours", node, f"{yesterday} 00:00-12:00")
    _, _, note = brender("nodes").output.splitlines()
    assert note.startswith("atlas: It is outside its hours until ")


def test_a_nodes_tags_are_given_shown_and_taken_back(brender, node):
    assert brender("node", "tags", node).output == "Node atlas has the tags: none.\n"
    assert brender("node", "tags", node, "gpu,fast").output == (
        "Node atlas has the tags: gpu, fast (given; its own are: none).\n"
    )
    assert brender("node", "tags", node, "--own").output == "Node atlas has the tags: none.\n"
    assert brender("node", "tags", node, "gpu", "--own").exit_code == 2
    assert "is no tag" in brender("node", "tags", node, "two words").stderr


def test_a_nodes_blenders_are_started_anew(brender, node):
    shown = brender("node", "restart", node)
    assert shown.output == "The Blenders of atlas start anew, each after the frame it is at.\n"


def test_a_node_that_is_offline_is_forgotten(brender, node):
    assert "atlas is online" in brender("node", "forget", node).stderr
    with client.core_app().app_context(), writing() as session:
        session.query(Node).one().online = False
    assert brender("node", "forget", node, "--reason", "Sold.", "--yes").output == (
        "Node atlas is forgotten.\n"
    )
    assert len(brender("nodes").output.splitlines()) == 1
