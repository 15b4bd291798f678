"""A chunk that the farm ended without its node's word is fenced before its frames go elsewhere."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from brender_farm.db.core import reading
from brender_farm.db.models import LooseChunk
from brender_farm.service.deletion import delete_shot
from brender_farm.service.nodes import act_on_node, list_nodes
from tests.integration.service.core_farm import ended, heartbeat, started


def loose() -> set[int]:
    with reading() as session:
        return set(session.scalars(select(LooseChunk.chunk_id)))


@pytest.fixture
def chunk(farm) -> int:
    """Return a chunk that `atlas` has begun; `bora` is there as well, and idle."""
    farm.join("atlas")
    farm.submit(frames="1-4", chunk_size=4)
    [dispatch] = farm.assign()
    farm.report(started(dispatch.order.chunk_id))
    farm.join("bora")
    return dispatch.order.chunk_id


def _atlas_falls_silent(farm) -> None:
    farm.pass_time(11)
    farm.attend(heartbeat("bora", beat=2))


def test_a_lost_chunk_is_fenced_by_the_next_one_of_its_folder(farm, chunk):
    _atlas_falls_silent(farm)
    dispatches = farm.assign()
    assert dispatches
    assert all(dispatch.order.fences == [chunk] for dispatch in dispatches)
    assert loose() == {chunk}, "until a fence is up"
    farm.report(started(dispatches[0].order.chunk_id))
    assert loose() == set()


def test_a_chunk_that_its_node_ended_needs_no_fence(farm, chunk):
    farm.report(ended(chunk, returned=True))
    farm.attend(heartbeat("atlas", beat=2))
    assert loose() == set()
    assert farm.assign()[0].order.fences == []


def test_a_node_that_is_back_without_the_chunk_needs_no_fence(farm, chunk):
    _atlas_falls_silent(farm)
    farm.attend(heartbeat("atlas", beat=3))
    assert loose() == {chunk}, "that heartbeat may be older than the end of the chunk"
    farm.pass_time(6)
    farm.attend(heartbeat("atlas", beat=4, claims=[chunk]), heartbeat("bora", beat=3))
    assert loose() == {chunk}, "it still has it"
    farm.pass_time(2)
    farm.attend(heartbeat("atlas", beat=5), heartbeat("bora", beat=4))
    assert loose() == set()


def test_the_late_end_of_a_lost_chunk_needs_no_fence(farm, chunk):
    _atlas_falls_silent(farm)
    farm.report(ended(chunk))
    assert loose() == set()


@pytest.mark.parametrize("how", ["cancelled", "deleted"])
def test_a_later_shot_of_the_same_folder_fences_what_was_stopped(farm, chunk, how):
    if how == "cancelled":
        farm.act(1, "cancel")
    else:
        delete_shot(1, actor="mira")
    assert loose() == {chunk}
    folder = farm.root / "renders" / "tiny" / "v001"
    farm.submit(output=str(folder), existing="overwrite", frames="1-2")
    assert farm.assign()[0].order.fences == [chunk]


def test_a_shot_of_another_folder_needs_no_fence(farm, chunk):
    farm.act(1, "cancel")
    farm.submit(frames="1-2")
    assert farm.assign()[0].order.fences == []


def test_a_node_that_is_disabled_at_once_hands_its_frames_to_another(farm, chunk):
    node = next(row for row in list_nodes().rows if row.name == "atlas")
    act_on_node(node.id, "disable", actor="mira", kill=True)
    assert loose() == {chunk}
    [dispatch] = farm.assign()
    assert (dispatch.node, dispatch.order.frames) == ("bora", "1-4")
    assert dispatch.order.fences == [chunk]


def test_a_node_that_was_started_again_loses_what_it_had_at_once(farm, chunk):
    farm.attend(heartbeat("atlas", boot="second"), heartbeat("bora", beat=2))
    assert farm.chunk_state(chunk) == "lost"
    assert farm.reasons("chunk", chunk) == ["The node was started again."]


def test_a_chunk_that_is_still_on_its_way_outlives_its_nodes_start(farm):
    farm.join("atlas")
    farm.submit(frames="1-4")
    [dispatch] = farm.assign()
    farm.attend(heartbeat("atlas", boot="second"))
    assert farm.chunk_state(dispatch.order.chunk_id) == "sent"


def test_another_nodes_report_about_a_chunk_is_ignored(farm, chunk):
    farm.report(ended(chunk), node="bora")
    assert farm.chunk_state(chunk) == "rendering"
