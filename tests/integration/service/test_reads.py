from __future__ import annotations

import pytest

from brender_farm.domain.states import ChunkState, FrameState
from brender_farm.errors import ActionRefused, NotFound, RequestRefused
from brender_farm.service import files, shots
from brender_farm.service.farm import glance
from brender_farm.service.nodes import act_on_node, list_nodes
from brender_farm.service.shapes.shots import Page
from tests.integration.service.core_farm import done, ended, failed, heartbeat, started


@pytest.fixture
def busy(farm):
    """Return a farm with three shots; the first has a frame of every state."""
    farm.join("atlas", slots=1)
    first = farm.submit(name="First", frames="1-6", chunk_size=3).shot.id
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    farm.report(started(chunk), done(chunk, 1), failed(chunk, 2, permanent=True))
    for name in ("Second", "Third"):
        farm.submit(name=name, priority=60)
    assert first == 1
    return farm


def names(**page):
    return [row.name for row in shots.list_shots(Page(**page)).rows]


def test_the_newest_shot_is_listed_first(busy):
    found = shots.list_shots(Page())
    assert [row.name for row in found.rows] == ["Third", "Second", "First"]
    assert (found.total, found.counts["queued"], found.counts["rendering"]) == (3, 2, 1)
    assert found.counts["failed"] == 0


def test_a_row_counts_frames_and_tells_the_pace(busy):
    row = shots.list_shots(Page(search="first")).rows[0]
    counts = (row.done_count, row.failed_count, row.rendering_count, row.pending_count)
    assert counts == (1, 1, 1, 3)
    assert row.seconds_per_frame == 2.0
    assert row.time_left_s > 8.0, "two shots of higher priority come before its four frames"
    assert row.progress == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param({"sort": "name"}, ["First", "Second", "Third"], id="by-name"),
        pytest.param({"sort": "-progress"}, ["First", "Third", "Second"], id="by-progress"),
        pytest.param({"sort": "priority"}, ["First", "Third", "Second"], id="by-priority"),
        pytest.param({"sort": "; DROP"}, ["First", "Second", "Third"], id="unknown-sort"),
        pytest.param({"search": "SEC"}, ["Second"], id="search-a-name"),
        pytest.param({"search": "#1"}, ["First"], id="search-a-number"),
        pytest.param({"search": "mira", "sort": "id"}, ["First", "Second", "Third"], id="who"),
        pytest.param({"search": "%"}, [], id="search-a-wildcard"),
        pytest.param({"state": "rendering"}, ["First"], id="state"),
        pytest.param({"state": "nonsense"}, [], id="unknown-state"),
        pytest.param({"size": 2, "number": 2}, ["First"], id="second-page"),
        pytest.param({"number": 9}, [], id="after-the-last-page"),
    ],
)
def test_a_list_is_filtered_sorted_and_paged(busy, page, expected):
    assert names(**page) == expected


def test_the_frames_of_a_shot_are_in_rendering_order_with_their_states(busy):
    page = shots.shot_frames(1)
    assert [cell.frame for cell in page.cells] == [1, 2, 3, 4, 5, 6]
    assert [cell.state for cell in page.cells] == [
        FrameState.DONE,
        FrameState.FAILED,
        FrameState.RENDERING,
        *[FrameState.PENDING] * 3,
    ]
    assert [cell.node for cell in page.cells] == ["atlas"] * 3 + [None] * 3


@pytest.mark.parametrize(
    ("state", "frames"),
    [("done", [1]), ("failed", [2]), ("rendering", [3]), ("pending", [4, 5, 6])],
)
def test_the_frames_in_one_state_are_found(busy, state, frames):
    page = shots.shot_frames(1, state=state)
    assert ([cell.frame for cell in page.cells], page.total) == (frames, len(frames))
    assert {str(cell.state) for cell in page.cells} == {state}


def test_part_of_a_million_frames_is_read_as_fast_as_part_of_ten(farm):
    shot_id = farm.submit(frames="1-1000000").shot.id
    page = shots.shot_frames(shot_id, offset=900_000, limit=3)
    assert [cell.frame for cell in page.cells] == [900_001, 900_002, 900_003]
    assert page.total == 1_000_000


def test_a_chunk_tells_where_it_went(busy):
    [chunk] = shots.shot_chunks(1)
    assert shots.get_chunk(chunk.id) == chunk
    assert (chunk.node, chunk.state, chunk.frames) == ("atlas", ChunkState.RENDERING, "1-3")
    assert (chunk.done_count, chunk.failed_count, chunk.frame_count) == (1, 1, 3)


def test_a_node_tells_what_it_renders(busy):
    [node] = list_nodes().rows
    [work] = node.work
    assert (work.shot_name, work.frames, work.done_count) == ("First", "1-3", 1)
    assert node.actions == ("drain", "disable")


def test_the_farm_at_a_glance(busy):
    seen = glance()
    assert (seen.nodes_online, seen.nodes_total) == (1, 1)
    assert (seen.slots_busy, seen.slots_total, seen.shots_active) == (1, 1, 3)
    assert (seen.scheduler_seen_at, seen.scheduler_silent) == (None, True)


def test_a_shot_that_waits_says_why(busy):
    last = shots.get_shot(2).reasons[-1]
    assert "The one node online is rendering shot 1 (priority 50)." in last.text
    busy.act(2, "pause")
    assert shots.get_shot(2).waiting == "It is paused. Resume it to go on."


def test_only_the_file_of_a_finished_frame_may_be_shown(busy):
    output = busy.root / "renders" / "First" / "v001"
    assert files.frame_file(1, 1) == output / "0001.png"
    assert files.chunk_log(1) == output / ".brender" / "logs" / "1.log"
    for frame in (2, 3, 4, 99):
        with pytest.raises(NotFound):
            files.frame_file(1, frame)


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(lambda: shots.get_shot(99), id="shot"),
        pytest.param(lambda: shots.shot_tag(99), id="tag"),
        pytest.param(lambda: shots.shot_frames(99), id="frames"),
        pytest.param(lambda: shots.get_chunk(99), id="chunk"),
        pytest.param(lambda: files.frame_file(99, 1), id="file"),
        pytest.param(lambda: files.chunk_log(99), id="log"),
        pytest.param(lambda: shots.set_priority(99, 1, actor="mira"), id="priority"),
        pytest.param(lambda: act_on_node(99, "drain", actor="mira"), id="node"),
    ],
)
def test_what_is_not_there_is_not_found(farm, look):
    with pytest.raises(NotFound):
        look()


def test_a_priority_out_of_bounds_is_refused(busy):
    with pytest.raises(RequestRefused):
        shots.set_priority(1, 101, actor="mira")
    assert busy.shot(1).priority == 50


def test_an_action_that_a_nodes_intent_forbids_says_what_is_allowed(busy):
    with pytest.raises(ActionRefused) as caught:
        act_on_node(list_nodes().rows[0].id, "enable", actor="mira")
    assert caught.value.allowed == ("drain", "disable")


def test_tags_change_with_what_they_stand_for_and_with_nothing_else(busy):
    listed, first, second = shots.shots_tag(), shots.shot_tag(1), shots.shot_tag(2)
    busy.attend(heartbeat("atlas", beat=2, claims=(1,)))
    assert (shots.shots_tag(), shots.shot_tag(1)) == (listed, first)
    busy.report(done(1, 3), ended(1))
    assert shots.shots_tag() != listed
    assert shots.shot_tag(1) != first
    assert shots.shot_tag(2) == second


@pytest.mark.parametrize(
    ("look", "count"),
    [
        pytest.param(lambda: shots.list_shots(Page()), 13, id="list_shots"),
        pytest.param(lambda: shots.get_shot(1), 17, id="get_shot"),
        pytest.param(lambda: shots.shot_frames(1), 3, id="shot_frames"),
        pytest.param(shots.shots_tag, 1, id="shots_tag"),
        pytest.param(list_nodes, 3, id="list_nodes"),
        pytest.param(glance, 4, id="glance"),
    ],
)
def test_a_page_costs_the_same_queries_however_full_the_farm_is(busy, look, count):
    with busy.counted_queries() as queries:
        look()
    assert len(queries) == count, queries
    for number in range(3):
        busy.join(f"node{number}", slots=2)
        busy.submit(name=f"More {number}", chunk_size=1)
    busy.assign()
    with busy.counted_queries() as queries:
        look()
    assert len(queries) == count, queries
