from __future__ import annotations

import pytest

from brender_farm import wire
from brender_farm.domain.states import ChunkState, FrameState, ShotState
from brender_farm.errors import ActionRefused, NotFound
from brender_farm.service.recording import PATIENCE
from brender_farm.service.shots import get_chunk, set_priority, shot_frames, shots_tag
from tests.integration.service.core_farm import done, ended, failed, started


@pytest.fixture
def shot_id(farm):
    """Return a shot of frames 1-4 in chunks of 2, on a farm with one slot."""
    farm.join()
    return farm.submit(frames="1-4", chunk_size=2, output=str(farm.root / "out")).shot.id


def next_chunk(farm) -> int:
    [dispatch] = farm.assign()
    return dispatch.order.chunk_id


def give_up(farm, *frames) -> None:
    """Let the next chunk fail with these frames for good."""
    chunk = next_chunk(farm)
    farm.report(*(failed(chunk, frame, permanent=True) for frame in frames), ended(chunk))


def test_a_shot_is_rendered_chunk_by_chunk(farm, shot_id):
    first = next_chunk(farm)
    farm.report(started(first), done(first, 1, seconds=1.0), done(first, 2, seconds=3.0))
    shot = farm.shot(shot_id)
    assert (shot.state, shot.done_count, shot.pending_count) == (ShotState.QUEUED, 2, 2)
    assert (shot.seconds_per_frame, shot.started_at) == (2.0, farm.now)
    farm.report(ended(first))
    assert farm.chunk_state(first) is ChunkState.DONE

    second = next_chunk(farm)
    assert farm.shot(shot_id).state is ShotState.RENDERING
    farm.pass_time(5)
    farm.report(started(second), done(second, 3), done(second, 4), ended(second))
    shot = farm.shot(shot_id)
    assert (shot.state, shot.done_count, shot.finished_at) == (ShotState.COMPLETED, 4, farm.now)
    assert shot.time_left_s is None
    assert set(farm.frame_states(shot_id).values()) == {FrameState.DONE}


def test_what_a_node_says_of_a_frame_is_kept(farm, shot_id):
    chunk = next_chunk(farm)
    item = wire.FrameDone(
        chunk_id=chunk,
        frame=1,
        seconds=1.5,
        byte_count=1234,
        digest="ab" * 20,
        width=160,
        height=90,
        peak_bytes=2**28,
        is_black=True,
        nan_count=7,
    )
    farm.report(item)
    cell = shot_frames(shot_id).cells[0]
    assert (cell.state, cell.node, cell.chunk_id) == (FrameState.DONE, "atlas", chunk)
    assert (cell.seconds, cell.byte_count, cell.peak_bytes) == (1.5, 1234, 2**28)
    assert cell.reason == "All pixels are black. 7 pixels are not a number (NaN)."
    assert cell.tag == "ab" * 8


def test_the_same_report_twice_counts_once(farm, shot_id):
    chunk = next_chunk(farm)
    report = (started(chunk), done(chunk, 1), failed(chunk, 2), ended(chunk))
    for _ in range(2):
        farm.report(*report)
    shot = farm.shot(shot_id)
    assert (shot.done_count, shot.failed_count, shot.pending_count) == (1, 0, 3)
    assert shot_frames(shot_id).cells[1].tries == 1
    assert (get_chunk(chunk).done_count, get_chunk(chunk).failed_count) == (1, 1)


def test_a_frame_before_its_chunks_start_starts_the_chunk(farm, shot_id):
    chunk = next_chunk(farm)
    farm.report(done(chunk, 1))
    assert farm.chunk_state(chunk) is ChunkState.RENDERING
    farm.pass_time(5)
    farm.report(started(chunk))
    assert get_chunk(chunk).started_at < farm.now


def test_a_frame_that_was_not_reported_goes_back_to_its_place(farm, shot_id):
    chunk = next_chunk(farm)
    farm.report(started(chunk), done(chunk, 2), ended(chunk, returned=True))
    assert farm.chunk_state(chunk) is ChunkState.RETURNED
    assert farm.pending(shot_id) == "0-1,2-4"
    assert farm.shot(shot_id).failed_count == 0


def test_a_node_that_gave_a_chunk_back_gets_nothing_until_its_next_heartbeat(farm, shot_id):
    farm.report(ended(next_chunk(farm), returned=True))
    assert farm.assign() == []


def test_the_late_frame_of_a_lost_chunk_is_accepted_while_nobody_else_has_it(farm, shot_id):
    lost = next_chunk(farm)
    farm.lose(lost)
    farm.report(done(lost, 1))
    assert (farm.shot(shot_id).done_count, farm.pending(shot_id)) == (1, "1-4")
    assert farm.frame_states(shot_id) == {1: FrameState.DONE}
    assert farm.chunk_state(lost) is ChunkState.LOST


def test_the_late_frame_of_a_lost_chunk_is_ignored_when_another_chunk_has_it(farm, shot_id):
    lost = next_chunk(farm)
    farm.lose(lost)
    other = next_chunk(farm)
    farm.report(done(lost, 1))
    assert farm.shot(shot_id).done_count == 0
    farm.report(done(other, 1))
    farm.report(done(lost, 1, seconds=99.0))
    shot = farm.shot(shot_id)
    assert (shot.done_count, shot.seconds_per_frame) == (1, 2.0)
    assert shot_frames(shot_id).cells[0].chunk_id == other


def test_the_late_failure_of_a_lost_chunk_is_ignored(farm, shot_id):
    lost = next_chunk(farm)
    farm.lose(lost)
    farm.report(failed(lost, 1, permanent=True), ended(lost))
    shot = farm.shot(shot_id)
    assert (shot.failed_count, shot.pending_count) == (0, 4)
    assert farm.frame_states(shot_id) == {}
    assert farm.chunk_state(lost) is ChunkState.LOST


def test_the_late_frames_of_a_lost_chunk_mend_a_shot_that_failed(farm, shot_id):
    lost = next_chunk(farm)
    farm.lose(lost)
    give_up(farm, 1, 2)
    chunk = next_chunk(farm)
    farm.report(done(chunk, 3), done(chunk, 4), ended(chunk))
    assert farm.shot(shot_id).state is ShotState.FAILED
    farm.report(done(lost, 1))
    shot = farm.shot(shot_id)
    assert (shot.state, shot.done_count, shot.failed_count) == (ShotState.FAILED, 3, 1)
    farm.report(done(lost, 2))
    shot = farm.shot(shot_id)
    assert (shot.state, shot.failed_count, shot.reason) == (ShotState.COMPLETED, 0, "")


def test_a_frame_gives_up_after_three_tries(farm, shot_id):
    for tries in (1, 2):
        chunk = next_chunk(farm)
        farm.report(failed(chunk, 1), ended(chunk))
        cell = shot_frames(shot_id).cells[0]
        assert (cell.state, cell.tries) == (FrameState.PENDING, tries)
        assert cell.reason == "It ran out of memory."
        assert farm.chunk_state(chunk) is ChunkState.FAILED
    chunk = next_chunk(farm)
    farm.report(failed(chunk, 1), ended(chunk))
    assert farm.frame_states(shot_id) == {1: FrameState.FAILED}
    assert farm.pending(shot_id) == "1-4"


def test_a_permanent_failure_is_not_tried_again(farm, shot_id):
    chunk = next_chunk(farm)
    farm.report(failed(chunk, 1, permanent=True))
    assert farm.frame_states(shot_id) == {1: FrameState.FAILED}
    assert farm.pending(shot_id) == "2-4"


def test_a_shot_with_frames_that_gave_up_has_failed(farm, shot_id):
    chunk = next_chunk(farm)
    farm.report(failed(chunk, 1, permanent=True), done(chunk, 2), ended(chunk))
    chunk = next_chunk(farm)
    farm.report(done(chunk, 3), done(chunk, 4), ended(chunk))
    shot = farm.shot(shot_id)
    assert (shot.state, shot.reason) == (
        ShotState.FAILED,
        "1 of 4 frames gave up. The last one: frame 1: It ran out of memory.",
    )


def test_a_shot_whose_first_five_frames_all_fail_pauses_itself(farm):
    farm.join()
    shot_id = farm.submit(frames="1-8", chunk_size=5).shot.id
    give_up(farm, 1, 2, 3, 4, 5)
    shot = farm.shot(shot_id)
    assert shot.state is ShotState.PAUSED
    assert "5 frames gave up one after the other" in shot.reason
    assert farm.assign() == []
    farm.act(shot_id, "resume")
    shot = farm.shot(shot_id)
    assert (shot.state, shot.failed_count, shot.pending_count) == (ShotState.QUEUED, 0, 8)
    assert next_chunk(farm)


def test_one_good_frame_keeps_a_shot_going(farm):
    farm.join()
    shot_id = farm.submit(frames="1-8", chunk_size=6).shot.id
    chunk = next_chunk(farm)
    hopeless = [failed(chunk, frame, permanent=True) for frame in (1, 2, 4, 5, 6)]
    farm.report(*hopeless[:2], done(chunk, 3), *hopeless[2:])
    assert farm.shot(shot_id).state is ShotState.QUEUED


def test_words_that_no_database_keeps_are_stored_all_the_same(farm, shot_id):
    chunk = next_chunk(farm)
    reason = "bad \0 byte \ud800"
    farm.report(wire.FrameFailed(chunk_id=chunk, frame=1, reason=reason))
    assert shot_frames(shot_id).cells[0].reason == "bad ? byte ?"


@pytest.mark.parametrize("kind", [done, failed], ids=["done", "failed"])
def test_a_frame_that_is_not_of_the_chunk_changes_nothing(farm, shot_id, kind):
    chunk = next_chunk(farm)
    farm.report(kind(chunk, 3), kind(chunk, 99))
    shot = farm.shot(shot_id)
    assert (shot.done_count, shot.failed_count, shot.pending_count) == (0, 0, 2)
    assert farm.frame_states(shot_id) == {}


def test_a_report_of_a_chunk_that_nobody_knows_changes_nothing(farm, shot_id):
    tag = shots_tag()
    farm.report(started(999), done(999, 1), failed(999, 2), ended(999))
    assert farm.shot(shot_id).pending_count == 4
    assert shots_tag() == tag


def test_one_report_may_tell_of_several_shots(farm, shot_id):
    farm.join("bora")
    other_id = farm.submit(frames="7").shot.id
    chunks = [dispatch.order.chunk_id for dispatch in farm.assign()]
    assert len(chunks) == 2
    farm.report(done(chunks[0], 1), done(chunks[1], 7))
    assert (farm.shot(shot_id).done_count, farm.shot(other_id).done_count) == (1, 1)


def test_a_cancelled_shot_stops_its_chunks_and_keeps_its_frames(farm, shot_id):
    chunk = next_chunk(farm)
    farm.report(done(chunk, 1))
    shot = farm.act(shot_id, "cancel")
    assert (shot.state, shot.done_count, shot.rendering_count) == (ShotState.CANCELLED, 1, 0)
    assert farm.chunk_state(chunk) is ChunkState.CANCELLED
    assert farm.assign() == []
    farm.report(done(chunk, 2), ended(chunk))
    shot = farm.shot(shot_id)
    assert (shot.state, shot.done_count) == (ShotState.CANCELLED, 2)
    assert farm.chunk_state(chunk) is ChunkState.CANCELLED


def test_a_cancelled_shot_that_is_tried_again_renders_only_what_is_missing(farm, shot_id):
    chunk = next_chunk(farm)
    farm.report(done(chunk, 1))
    farm.act(shot_id, "cancel")
    assert farm.act(shot_id, "retry").state is ShotState.QUEUED
    [dispatch] = farm.assign()
    assert dispatch.order.frames == "2-3"


def test_a_failed_shot_that_is_tried_again_gives_its_frames_all_their_tries(farm, shot_id):
    give_up(farm, 1, 2)
    give_up(farm, 3, 4)
    shot = farm.act(shot_id, "retry")
    assert (shot.state, shot.failed_count, shot.pending_count) == (ShotState.QUEUED, 0, 4)
    assert shot.finished_at is None
    assert [cell.tries for cell in shot_frames(shot_id).cells] == [0, 0, 0, 0]


def test_a_paused_shot_finishes_its_chunk_and_waits(farm, shot_id):
    chunk = next_chunk(farm)
    assert farm.act(shot_id, "pause").state is ShotState.PAUSED
    farm.report(started(chunk), done(chunk, 1), done(chunk, 2), ended(chunk))
    shot = farm.shot(shot_id)
    assert (shot.state, shot.done_count, shot.pending_count) == (ShotState.PAUSED, 2, 2)
    assert farm.assign() == []
    assert farm.act(shot_id, "resume").state is ShotState.QUEUED
    assert next_chunk(farm)


def test_a_paused_shot_ends_when_its_last_frame_does(farm):
    farm.join()
    shot_id = farm.submit(frames="1").shot.id
    chunk = next_chunk(farm)
    farm.act(shot_id, "pause")
    farm.report(done(chunk, 1), ended(chunk))
    assert farm.shot(shot_id).state is ShotState.COMPLETED


def test_a_shot_resumed_while_its_chunk_runs_is_rendering(farm, shot_id):
    next_chunk(farm)
    farm.act(shot_id, "pause")
    assert farm.act(shot_id, "resume").state is ShotState.RENDERING


@pytest.mark.parametrize(
    ("before", "action", "allowed"),
    [
        pytest.param((), "resume", ("pause", "cancel"), id="resume-queued"),
        pytest.param((), "retry", ("pause", "cancel"), id="retry-queued"),
        pytest.param(("pause",), "pause", ("resume", "cancel"), id="pause-paused"),
        pytest.param(("cancel",), "cancel", ("retry",), id="cancel-cancelled"),
        pytest.param(("cancel",), "pause", ("retry",), id="pause-cancelled"),
        pytest.param((), "explode", ("pause", "cancel"), id="unknown"),
    ],
)
def test_an_action_that_the_state_forbids_says_what_is_allowed(
    farm, shot_id, before, action, allowed
):
    for step in before:
        farm.act(shot_id, step)
    shot = farm.shot(shot_id)
    with pytest.raises(ActionRefused) as caught:
        farm.act(shot_id, action)
    assert caught.value.allowed == shot.actions == allowed
    assert farm.shot(shot_id) == shot


def test_an_action_on_no_shot_is_not_found(farm):
    with pytest.raises(NotFound):
        farm.act(7, "cancel")


def test_each_change_tells_what_and_why(farm, shot_id):
    set_priority(shot_id, 90, actor="mira")
    farm.act(shot_id, "pause")
    assert farm.reasons("shot", shot_id) == ["Submitted with 4 frames.", "Priority 50 → 90.", ""]
    assert farm.shot(shot_id).priority == 90


def test_the_end_of_a_chunk_waits_for_reports_that_are_missing(farm, shot_id):
    chunk = next_chunk(farm)
    farm.report(done(chunk, 1), ended(chunk, reported=2))
    assert farm.chunk_state(chunk) is ChunkState.RENDERING
    farm.report(done(chunk, 1), done(chunk, 2), ended(chunk, reported=2, resent=1))
    assert farm.chunk_state(chunk) is ChunkState.DONE
    assert farm.shot(shot_id).done_count == 2


def test_a_report_that_never_comes_does_not_hold_a_chunk_for_ever(farm, shot_id):
    chunk = next_chunk(farm)
    for resent in range(PATIENCE):
        farm.report(done(chunk, 1), ended(chunk, reported=2, resent=resent))
        assert farm.chunk_state(chunk) is ChunkState.RENDERING
    farm.report(ended(chunk, reported=2, resent=PATIENCE))
    assert farm.chunk_state(chunk) is ChunkState.RETURNED
    assert farm.pending(shot_id) == "1-4"
