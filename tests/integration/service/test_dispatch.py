from __future__ import annotations

from hashlib import blake2b

import pytest

from brender_farm import wire
from brender_farm.domain.states import ChunkState, ShotState
from brender_farm.service.nodes import act_on_node, list_nodes
from brender_farm.service.shots import get_shot, set_priority, shot_chunks
from tests.integration.service.core_farm import done, ended, heartbeat


def frames_of(dispatches):
    return [dispatch.order.frames for dispatch in dispatches]


def test_a_free_slot_gets_an_order_with_all_a_node_needs(farm):
    farm.join()
    blend = farm.blend()
    submitted = farm.submit(name="Shot 010", frames="1-8", chunk_size=3)
    [dispatch] = farm.assign()
    shot = get_shot(submitted.shot.id)
    [chunk] = shot_chunks(shot.row.id)
    assert dispatch.node == "atlas"
    assert dispatch.label == "Shot 010 · frames 1-3 · on atlas"
    assert dispatch.order == wire.ChunkOrder(
        chunk_id=chunk.id,
        shot_id=shot.row.id,
        shot_name="Shot 010",
        frames="1-3",
        scene=wire.SceneOrder(
            blend=str(blend),
            size_bytes=blend.stat().st_size,
            mtime_ns=blend.stat().st_mtime_ns,
            ctime_ns=blend.stat().st_ctime_ns,
            digest=blake2b(blend.read_bytes(), digest_size=20).hexdigest(),
            scene="Scene",
            format="PNG",
        ),
        output_dir=shot.output_dir,
        padding=4,
    )
    assert wire.read(wire.ChunkOrder, wire.write(dispatch.order)) == dispatch.order


def test_a_size_that_was_asked_for_goes_with_the_order(farm):
    farm.join()
    farm.submit(width=320, height=180)
    [dispatch] = farm.assign()
    assert (dispatch.order.scene.width, dispatch.order.scene.height) == (320, 180)


def test_frames_that_are_given_away_are_pending_no_more(farm):
    farm.join(slots=2)
    shot_id = farm.submit(frames="1-8", chunk_size=3).shot.id
    assert frames_of(farm.assign()) == ["1-3", "4-6"]
    shot = farm.shot(shot_id)
    assert (shot.state, shot.rendering_count, shot.pending_count) == (ShotState.RENDERING, 6, 2)
    assert farm.pending(shot_id) == "6-8"
    assert shot.started_at == farm.now


def test_a_second_look_gives_nothing_while_the_slots_are_busy(farm):
    farm.join(slots=2)
    farm.submit(frames="1-8", chunk_size=1)
    assert len(farm.assign()) == 2
    assert farm.assign() == []


def test_frames_are_given_in_the_order_asked_for(farm):
    farm.join(slots=3)
    farm.submit(frames="20-10x5,3,1", chunk_size=2)
    assert frames_of(farm.assign()) == ["20-15x5", "10,3", "1"]


def test_frames_that_come_back_are_first_in_line(farm):
    farm.join()
    farm.submit(frames="1-8", chunk_size=2)
    [first] = farm.assign()
    farm.report(done(first.order.chunk_id, 1), ended(first.order.chunk_id, returned=True))
    farm.attend(heartbeat(beat=2))
    assert frames_of(farm.assign()) == ["2-3"]


def test_an_automatic_chunk_grows_when_the_frames_prove_fast(farm):
    farm.join()
    farm.submit(frames="1-100")
    [first] = farm.assign()
    assert first.order.frames == "1"
    farm.report(done(first.order.chunk_id, 1, seconds=1.0), ended(first.order.chunk_id))
    assert frames_of(farm.assign()) == ["2-16"]


def test_the_higher_priority_goes_first_also_when_it_is_changed(farm):
    farm.join()
    low = farm.submit(name="low", priority=10, frames="1-2", chunk_size=1).shot.id
    farm.submit(name="high", priority=90, frames="1-2", chunk_size=1)
    [dispatch] = farm.assign()
    assert dispatch.order.shot_name == "high"
    farm.report(done(dispatch.order.chunk_id, 1), ended(dispatch.order.chunk_id))
    set_priority(low, 91, actor="mira")
    assert [dispatch.order.shot_name for dispatch in farm.assign()] == ["low"]


@pytest.mark.parametrize("action", ["pause", "cancel"])
def test_a_shot_that_is_paused_or_cancelled_gets_nothing(farm, action):
    farm.join()
    shot_id = farm.submit().shot.id
    farm.act(shot_id, action)
    assert farm.assign() == []
    assert shot_chunks(shot_id) == ()


@pytest.mark.parametrize("action", ["drain", "disable"])
def test_a_node_that_is_drained_or_disabled_gets_nothing_until_it_is_enabled(farm, action):
    farm.join()
    farm.submit()
    [node] = list_nodes().rows
    act_on_node(node.id, action, actor="mira", reason="A new disk.")
    assert farm.assign() == []
    assert list_nodes().rows[0].reason == "A new disk."
    act_on_node(node.id, "enable", actor="mira")
    assert len(farm.assign()) == 1


def test_a_node_that_drains_keeps_the_chunk_it_has(farm):
    farm.join()
    farm.submit()
    [dispatch] = farm.assign()
    [node] = list_nodes().rows
    row = act_on_node(node.id, "drain", actor="mira")
    assert [work.chunk_id for work in row.work] == [dispatch.order.chunk_id]
    assert farm.chunk_state(dispatch.order.chunk_id) is ChunkState.SENT


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"accepting": False}, id="does-not-accept"),
        pytest.param({"versions": ("3.4.1",)}, id="blender-too-old"),
        pytest.param({"versions": ()}, id="no-blender"),
        pytest.param({"leaving": True}, id="leaves"),
    ],
)
def test_a_node_that_cannot_render_it_gets_nothing(farm, changes):
    farm.submit()
    farm.join(**changes)
    assert farm.assign() == []


def test_a_node_that_has_the_file_open_is_preferred(farm):
    blend = farm.blend()
    farm.join("atlas", slots=4)
    farm.join("bora", slots=1, warm=[str(blend)])
    farm.submit(frames="1-2", chunk_size=1)
    assert [dispatch.node for dispatch in farm.assign()] == ["bora", "atlas"]


def test_a_chunk_of_scattered_frames_stays_short_enough_for_a_node(farm):
    farm.join()
    order = ",".join(str(frame) for frame in scattered(1900))
    shot_id = farm.submit(frames=order, chunk_size=1900).shot.id
    [dispatch] = farm.assign()
    assert len(dispatch.order.frames) <= 10_000
    shot = farm.shot(shot_id)
    assert shot.pending_count + shot.rendering_count == 1900


def scattered(count):
    """Return distinct frames that no run describes."""
    return [(number * 37 + number * number * 11) % 4001 + 1 for number in range(count // 2)] + [
        5000 + number * number % 3989 for number in range(count - count // 2)
    ]


def test_planning_reads_the_same_however_full_the_farm_is(farm):
    farm.join(slots=2)
    farm.submit(chunk_size=1)
    farm.assign()
    counts = []
    for number in range(3):
        with farm.counted_queries() as queries:
            assert farm.assign() == []
        counts.append(len([query for query in queries if query.startswith("SELECT chunks")]))
        farm.submit(name=f"Waits {number}")
    assert counts == [1, 1, 1]
