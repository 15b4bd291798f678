from __future__ import annotations

import pytest

from brender_farm.domain.leases import SILENCE_S, UNCLAIMED_S
from brender_farm.domain.states import ChunkState, ShotState
from brender_farm.service.nodes import list_nodes, nodes_tag
from tests.integration.service.core_farm import done, heartbeat

BEAT_S = 2.0


@pytest.fixture
def shot_id(farm):
    return farm.submit(frames="1-4", chunk_size=2).shot.id


def beat_on(farm, count, *, first=2, **changes):
    """Let a node send further heartbeats; return the chunks lost meanwhile."""
    lost = {}
    for beat in range(first, first + count):
        farm.pass_time(BEAT_S)
        lost |= farm.attend(heartbeat(beat=beat, **changes))
    return lost


def test_a_new_node_is_known_from_its_first_heartbeat(farm):
    farm.join("atlas", slots=3)
    [node] = list_nodes().rows
    assert (node.name, node.online, node.slots) == ("atlas", True, 3)
    assert (node.blender_versions, node.sample.cpu_pct) == (("4.5.15",), 50.0)
    assert node.first_seen_at == node.last_seen_at == farm.now
    assert farm.reasons("node", node.id) == ["It sends heartbeats."]


def test_further_heartbeats_are_no_events(farm):
    farm.join()
    beat_on(farm, 3)
    [node] = list_nodes().rows
    assert (node.online, node.last_seen_at) == (True, farm.now)
    assert len(farm.reasons("node", node.id)) == 1


def test_a_silent_node_goes_offline_and_its_frames_are_pending_again(farm, shot_id):
    farm.join()
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    farm.report(done(chunk, 1))
    farm.pass_time(SILENCE_S)
    assert farm.attend() == {}
    farm.pass_time(0.1)
    [node] = list_nodes().rows
    assert farm.attend() == {chunk: node.id}
    assert not farm.node_online()
    assert farm.chunk_state(chunk) is ChunkState.LOST
    shot = farm.shot(shot_id)
    assert (shot.state, shot.done_count, shot.failed_count) == (ShotState.QUEUED, 1, 0)
    assert farm.pending(shot_id) == "1-4"
    assert farm.reasons("chunk", chunk) == ["The node went offline."]
    assert farm.reasons("node", node.id)[-1] == "No heartbeat for 10 s."
    assert farm.assign() == []


def test_a_chunk_is_lost_only_once(farm, shot_id):
    farm.join()
    farm.assign()
    farm.pass_time(SILENCE_S + 1)
    assert len(farm.attend()) == 1
    assert farm.attend() == {}


def test_a_heartbeat_that_the_broker_kept_does_not_bring_a_node_back(farm):
    farm.join()
    kept = heartbeat()
    for _ in range(20):
        farm.pass_time(BEAT_S)
        farm.attend(kept)
    assert not farm.node_online()


def test_a_heartbeat_that_the_broker_kept_does_not_bring_a_node_back_for_a_new_scheduler(farm):
    farm.join()
    kept = heartbeat(beat=2)
    farm.attend(kept)
    farm.pass_time(SILENCE_S + 1)
    farm.attend(kept)
    farm.restart_scheduler()
    for _ in range(3):
        farm.attend(kept)
        assert not farm.node_online()
        farm.pass_time(BEAT_S)
    farm.attend(heartbeat(beat=3))
    assert farm.node_online()


def test_a_new_scheduler_gives_every_node_the_full_time_once_more(farm, shot_id):
    farm.join()
    farm.assign()
    farm.pass_time(3600)
    farm.restart_scheduler()
    assert farm.attend() == {}
    assert farm.node_online()
    farm.pass_time(SILENCE_S + 1)
    assert len(farm.attend()) == 1
    assert not farm.node_online()


def test_a_chunk_that_its_node_claims_is_kept(farm, shot_id):
    farm.join()
    [dispatch] = farm.assign()
    assert beat_on(farm, 20, claims=(dispatch.order.chunk_id,)) == {}
    assert farm.chunk_state(dispatch.order.chunk_id) is ChunkState.SENT


def test_a_chunk_that_its_node_never_claims_is_lost_after_the_limit(farm, shot_id):
    farm.join()
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    within_limit = int(UNCLAIMED_S / BEAT_S) + 1  # the first look only starts the clock
    assert beat_on(farm, within_limit) == {}
    assert list(beat_on(farm, 1, first=2 + within_limit)) == [chunk]
    assert farm.node_online()
    assert farm.chunk_state(chunk) is ChunkState.LOST
    assert farm.pending(shot_id) == "0-4"
    assert farm.reasons("chunk", chunk) == ["The node has not claimed it for 10 s."]


def test_a_claim_in_between_starts_the_limit_anew(farm, shot_id):
    farm.join()
    [dispatch] = farm.assign()
    assert beat_on(farm, 5) == {}
    assert beat_on(farm, 1, first=7, claims=(dispatch.order.chunk_id,)) == {}
    assert beat_on(farm, 5, first=8) == {}


def test_another_nodes_claim_does_not_keep_a_chunk(farm, shot_id):
    farm.join("atlas")
    [dispatch] = farm.assign()
    chunk, lost = dispatch.order.chunk_id, {}
    for beat in range(2, 10):
        farm.pass_time(BEAT_S)
        lost |= farm.attend(
            heartbeat("atlas", beat=beat), heartbeat("b", beat=beat, claims=[chunk])
        )
    assert list(lost) == [chunk]


def test_a_node_that_leaves_is_offline_at_once_and_its_frames_are_pending(farm, shot_id):
    farm.join()
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    lost = farm.attend(heartbeat(beat=2, accepting=False, leaving=True, claims=(chunk,)))
    assert list(lost) == [chunk]
    [node] = list_nodes().rows
    assert (node.online, node.work) == (False, ())
    assert farm.reasons("node", node.id)[-1] == "It was stopped."
    assert farm.pending(shot_id) == "0-4"


def test_the_last_heartbeat_of_a_node_that_left_does_not_bring_it_back(farm):
    farm.join()
    last = heartbeat(beat=2, accepting=False, leaving=True)
    farm.attend(last)
    farm.restart_scheduler()
    for _ in range(3):
        farm.pass_time(BEAT_S)
        farm.attend(last)
        assert not farm.node_online()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"beat": 2}, id="same-start"),
        pytest.param({"boot": "second", "beat": 1}, id="new-start"),
    ],
)
def test_a_node_that_comes_back_is_online_and_gets_work(farm, shot_id, changes):
    farm.join()
    farm.pass_time(SILENCE_S + 1)
    farm.attend()
    assert not farm.node_online()
    farm.pass_time(BEAT_S)
    farm.attend(heartbeat(**changes))
    assert farm.node_online()
    assert [dispatch.node for dispatch in farm.assign()] == ["atlas"]


def test_a_new_start_before_a_new_scheduler_looks_is_seen(farm):
    farm.join()
    farm.pass_time(SILENCE_S + 1)
    farm.attend()
    farm.restart_scheduler()
    farm.attend(heartbeat(boot="second"))
    assert farm.node_online()


def test_only_the_silent_one_of_two_nodes_goes_offline(farm):
    farm.attend(heartbeat("atlas"), heartbeat("bora"))
    for beat in range(2, 9):
        farm.pass_time(BEAT_S)
        farm.attend(heartbeat("atlas"), heartbeat("bora", beat=beat))
    assert (farm.node_online("atlas"), farm.node_online("bora")) == (False, True)


def test_open_pages_learn_of_a_change_and_of_nothing_else(farm):
    farm.join()
    tag = nodes_tag()
    farm.attend(heartbeat())
    assert nodes_tag() == tag
    farm.attend(heartbeat(beat=2))
    assert nodes_tag() != tag


def test_attendance_without_nodes_is_nothing(farm):
    assert farm.attend() == {}
    assert list_nodes().rows == ()
