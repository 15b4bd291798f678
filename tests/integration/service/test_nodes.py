"""What people may do to nodes: tags, restarts, forgetting, many at once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from brender_farm import wire
from brender_farm.db.core import reading, writing
from brender_farm.db.models import Node, PastSample
from brender_farm.db.reads.nodes import restart_orders
from brender_farm.errors import ActionRefused, NotFound, RequestRefused
from brender_farm.service import nodes
from brender_farm.service.farm import glance
from brender_farm.service.node_bulk import act_on_nodes
from brender_farm.service.node_page import node_called
from brender_farm.service.why import why_shot
from tests.integration.service.core_farm import done, ended, heartbeat, started


def facts(*tags: str) -> wire.MachineFacts:
    return wire.MachineFacts(
        hostname="atlas",
        os="Linux",
        cpu_count=8,
        memory_bytes=2**34,
        blender_versions=["4.5.15"],
        tags=list(tags),
    )


def node_id(name: str = "atlas") -> int:
    with reading() as session:
        found = session.scalar(select(Node.id).where(Node.name == name))
        assert found is not None
        return found


def test_tags_that_people_give_count_at_once_and_stay(farm):
    farm.join()
    farm.submit(tags="gpu")
    assert farm.assign() == []
    row = nodes.set_tags(node_id(), "GPU, fast", actor="mira")
    assert (row.tags, row.own_tags, row.has_given_tags) == (("gpu", "fast"), (), True)
    farm.attend(heartbeat(beat=2, facts=facts("slow")))
    assert nodes.get_node(node_id()).tags == ("gpu", "fast")
    assert len(farm.assign()) == 1
    assert farm.reasons("node", node_id())[-1] == "Tags: none → gpu, fast."


def test_a_nodes_own_tags_come_back(farm):
    farm.join(facts=facts("slow"))
    nodes.set_tags(node_id(), "", actor="mira")
    assert nodes.get_node(node_id()).tags == ()
    row = nodes.set_tags(node_id(), None, actor="mira")
    assert (row.tags, row.has_given_tags) == (("slow",), False)
    assert farm.reasons("node", node_id())[-1] == "Tags: none → slow (its own)."


def test_what_a_shot_waits_for_is_told_by_the_tags_that_count(farm):
    farm.join(facts=facts("gpu"))
    shot_id = farm.submit(tags="gpu").shot.id
    nodes.set_tags(node_id(), "big", actor="mira")
    [reason, *_] = why_shot(shot_id).reasons
    assert "gpu" in reason.text


def test_tags_that_are_none_are_refused(farm):
    farm.join()
    with pytest.raises(RequestRefused, match="is no tag"):
        nodes.set_tags(node_id(), "two words", actor="mira")
    with pytest.raises(NotFound):
        nodes.set_tags(99, "gpu", actor="mira")


def test_the_same_tags_again_are_no_event(farm):
    farm.join()
    nodes.set_tags(node_id(), "gpu", actor="mira")
    count = len(farm.reasons("node", node_id()))
    nodes.set_tags(node_id(), "gpu", actor="mira")
    assert len(farm.reasons("node", node_id())) == count


def test_a_restart_is_stored_for_the_board_and_each_is_later_than_the_last(farm):
    farm.join()
    nodes.restart_blenders(node_id(), actor="mira")
    with reading() as session:
        first = restart_orders(session)
    with writing() as session:  # a clock that is set back afterwards
        node = session.get_one(Node, node_id())
        node.restart_asked_at = node.restart_asked_at.replace(year=2099)
    nodes.restart_blenders(node_id(), actor="mira")
    with reading() as session:
        second = restart_orders(session)
    assert first.keys() == second.keys() == {"atlas"}
    assert second["atlas"] > "2099"
    assert farm.reasons("node", node_id())[-1] == "Its Blenders start anew."


def test_a_node_that_is_gone_is_forgotten_and_its_frames_keep_its_name(farm):
    farm.join()
    shot_id = farm.submit(frames="1").shot.id
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    farm.report(started(chunk), done(chunk, 1), ended(chunk, reported=1))
    nodes.set_tags(node_id(), "gpu", actor="mira")
    gone = node_id()
    with writing() as session:
        session.add(PastSample(node_id=gone, step_s=30, at=farm.now, busy_slots=0))
    farm.attend(heartbeat(beat=2, leaving=True))
    nodes.forget(gone, actor="mira", reason="Sold.")
    assert nodes.list_nodes().rows == ()
    assert glance().nodes_total == 0
    with pytest.raises(NotFound, match="was forgotten"):
        node_called("atlas")
    from brender_farm.service.shots import shot_frames

    assert shot_frames(shot_id).cells[0].node == "atlas"
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(PastSample)) == 0
    assert farm.reasons("node", gone)[-1] == "Sold."


def test_a_forgotten_node_that_is_heard_of_again_is_as_a_new_one(farm):
    farm.join()
    gone = node_id()
    nodes.set_tags(gone, "gpu", actor="mira")
    farm.attend(heartbeat(beat=2, leaving=True))
    nodes.act_on_node(gone, "disable", actor="mira", reason="Broken.")
    nodes.forget(gone, actor="mira")
    farm.attend(heartbeat(boot="second"))
    [row] = nodes.list_nodes().rows
    assert (row.id, row.online, row.intent, row.tags, row.reason) == (
        gone,
        True,
        "enabled",
        (),
        "",
    )


def test_a_node_that_is_there_is_not_forgotten(farm):
    farm.join()
    with pytest.raises(ActionRefused, match="atlas is online"):
        nodes.forget(node_id(), actor="mira")


def test_many_nodes_are_steered_at_once_and_each_refusal_is_told(farm):
    for name in ("atlas", "bora", "cirrus"):
        farm.join(name)
    nodes.act_on_node(node_id("bora"), "drain", actor="mira")
    ids = [node_id(name) for name in ("atlas", "bora", "cirrus")]
    result = act_on_nodes([*ids, 99], "drain", actor="mira", reason="Update")
    assert result.done == ("atlas", "cirrus")
    assert len(result.refused) == 2
    assert result.refused[0].startswith("bora: It is draining")
    assert {row.intent for row in nodes.list_nodes().rows} == {"draining"}
