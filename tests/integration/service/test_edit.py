"""A shot is changed after it was submitted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from brender_farm.db.core import reading
from brender_farm.db.models import Chunk, Shot
from brender_farm.domain.states import ShotState
from brender_farm.errors import ActionRefused, RequestRefused
from brender_farm.service.shot_edit import edit_shot, shot_settings
from brender_farm.service.shot_settings import tag_of
from tests.integration.service.core_farm import done, ended, failed, started


def edit(shot_id, /, **changes):
    return edit_shot(shot_id, changes, actor="tom")


def positions(shot_id):
    with reading() as session:
        shot = session.get_one(Shot, shot_id)
        return shot.frames, shot.pending, shot.held


def spans(chunk_id):
    with reading() as session:
        return session.scalar(select(Chunk.spans).where(Chunk.id == chunk_id))


def test_settings_are_changed_and_told_in_one_event(farm):
    shot = farm.submit(frames="1-10").shot
    edit(shot.id, name="lantern", priority="80", chunk_size=4, tags="gpu, !slow", notes="Retake.")
    settings = shot_settings(shot.id)
    assert settings["name"] == "lantern"
    assert (settings["priority"], settings["chunk_size"]) == ("80", "4")
    assert (settings["tags"], settings["notes"]) == ("gpu, !slow", "Retake.")
    assert farm.reasons("shot", shot.id)[-1].splitlines() == [
        "name: tiny → lantern",
        "priority: 50 → 80",
        "frames per chunk: auto → 4",
        "node tags: – → gpu, !slow",
        "notes: – → Retake.",
    ]


def test_every_setting_of_a_submission_is_understood_and_given_back_alike(farm):
    one, other = farm.submit(frames="1-10").shot, farm.submit(frames="1-10").shot
    asked = {
        "max_nodes": "3",
        "min_memory_gb": "32",
        "memory_limit_gb": "1.234567891",
        "frame_limit_s": "90.5",
        "pool": "film",
        "device": "gpu",
        "race": "yes",
        "blender": "any",
        "after": str(one.id),
        "not_before": "2099-12-01 20:00",
        "samples": "16",
        "percentage": "50",
        "engine": "CYCLES",
        "denoise": "no",
        "camera": "Camera",
    }
    edit(other.id, **asked)
    assert {name: shot_settings(other.id)[name] for name in asked} == asked
    count = len(farm.reasons("shot", other.id))
    edit(other.id, **asked)  # nothing is changed by that
    assert len(farm.reasons("shot", other.id)) == count
    edit(other.id, **dict.fromkeys(asked, None))
    assert {shot_settings(other.id)[name] for name in asked} == {""}


def test_every_fault_is_found_and_nothing_is_changed(farm):
    shot = farm.submit().shot
    with pytest.raises(RequestRefused) as refusal:
        edit(shot.id, name="new", priority=900, frames="x", device="toaster", camera="Nobody")
    fields = {fault.field for fault in refusal.value.faults}
    assert fields == {"priority", "frames", "device", "camera"}
    assert shot_settings(shot.id)["name"] == "tiny"


def test_what_a_shot_is_cannot_be_changed(farm):
    shot = farm.submit().shot
    with pytest.raises(RequestRefused) as refusal:
        edit(shot.id, output="/elsewhere", scene="Other")
    assert {fault.field for fault in refusal.value.faults} == {"output", "scene"}
    assert "brender clone" in refusal.value.faults[0].remedy


def test_the_planner_follows_at_once(farm):
    farm.join(slots=1)
    shot = farm.submit(frames="1-10", chunk_size=2).shot
    edit(shot.id, tags="gpu")
    assert farm.assign() == []
    edit(shot.id, tags="", chunk_size=5)
    assert [dispatch.order.frames for dispatch in farm.assign()] == ["1-5"]


def test_frames_are_added_while_others_render(farm):
    farm.join()
    shot = farm.submit(frames="1-4", chunk_size=2).shot
    [dispatch] = farm.assign()
    edit(shot.id, frames="1-6")
    assert positions(shot.id)[:2] == ("1-6", "2-6")
    chunk = dispatch.order.chunk_id
    farm.report(done(chunk, 1), done(chunk, 2), ended(chunk, reported=2))
    row = farm.shot(shot.id)
    assert (row.frame_count, row.done_count, row.pending_count) == (6, 2, 4)
    assert "frames: 1-4 → 1-6" in farm.reasons("shot", shot.id)


def test_frames_that_are_not_begun_are_left_out(farm):
    farm.join()
    shot = farm.submit(frames="1-10", chunk_size=2).shot
    farm.assign()
    edit(shot.id, frames="1-3")
    assert positions(shot.id)[:2] == ("1-3", "2-3")


def test_what_renders_keeps_its_frames_when_the_order_changes(farm):
    farm.join()
    shot = farm.submit(frames="1-6", chunk_size=2).shot
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    edit(shot.id, frames="20,6-1")
    assert positions(shot.id)[:2] == ("20,6-1", "0-5")
    assert spans(chunk) == "5-7"
    farm.report(started(chunk), done(chunk, 1))
    assert spans(chunk) == "5-6"
    farm.report(done(chunk, 2), ended(chunk, reported=2))
    [dispatch] = farm.assign()
    assert dispatch.order.frames == "20,6"


def test_some_frames_are_put_first(farm):
    farm.join()
    shot = farm.submit(frames="1-10", chunk_size=2).shot
    edit(shot.id, first="ends")
    [dispatch] = farm.assign()
    assert dispatch.order.frames == "1,10"


def test_frames_that_are_done_or_on_a_node_cannot_be_left_out(farm):
    farm.join(slots=2)
    shot = farm.submit(frames="1-6", chunk_size=2).shot
    first, _ = farm.assign()
    chunk = first.order.chunk_id
    farm.report(done(chunk, 1), done(chunk, 2), ended(chunk, reported=2))
    with pytest.raises(RequestRefused) as refusal:
        edit(shot.id, frames="5-6")
    assert [fault.message for fault in refusal.value.faults] == [
        "Frames 1-2 are finished already, and cannot be left out.",
        "Frames 3-4 are on a node now, and cannot be left out.",
    ]
    assert positions(shot.id)[0] == "1-6"


def test_leaving_out_what_is_left_completes_the_shot(farm):
    farm.join()
    shot = farm.submit(frames="1-4", chunk_size=2).shot
    follower = farm.submit(frames="1-4", after=[shot.id]).shot
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    farm.report(done(chunk, 1), done(chunk, 2), ended(chunk, reported=2))
    assert edit(shot.id, frames="1-2").state is ShotState.COMPLETED
    assert farm.shot(follower.id).state is ShotState.QUEUED


def test_frames_that_gave_up_are_left_out_and_begin_anew_when_put_back(farm):
    shot = one_frame_failed(farm)
    assert farm.shot(shot.id).state is ShotState.FAILED
    assert edit(shot.id, frames="1").state is ShotState.COMPLETED
    assert farm.shot(shot.id).failed_count == 0
    row = edit(shot.id, frames="1-2")
    assert (row.state, row.failed_count, row.pending_count) == (ShotState.QUEUED, 0, 1)
    assert [dispatch.order.frames for dispatch in farm.assign()] == ["2"]


def one_frame_failed(farm):
    """Return a shot of two frames; the second gave up, on two nodes."""
    farm.join("atlas")
    farm.join("titan")
    shot = farm.submit(frames="1-2", chunk_size=1).shot
    for _ in range(6):
        for dispatch in farm.assign():
            chunk, frame = dispatch.order.chunk_id, int(dispatch.order.frames)
            item = done(chunk, frame) if frame == 1 else failed(chunk, frame, permanent=True)
            farm.report(started(chunk), item, ended(chunk, reported=1))
    return shot


def test_new_frames_reopen_a_shot_that_is_completed(farm):
    shot = completed(farm, "1-2")
    row = edit(shot.id, frames="1-4", priority=90)
    assert (row.state, row.done_count, row.pending_count) == (ShotState.QUEUED, 2, 2)
    assert "frames: 1-2 → 1-4" in farm.reasons("shot", shot.id)[-1]
    assert [dispatch.order.frames for dispatch in farm.assign()] == ["3-4"]


def test_a_shot_whose_folder_another_one_has_is_not_reopened(farm):
    shot = completed(farm, "1-2")
    folder = str(farm.root / "renders" / "tiny" / "v001")
    other = farm.submit(frames="1-2", output=folder, existing="overwrite").shot
    with pytest.raises(ActionRefused, match=f"Shot {other.id} is writing"):
        edit(shot.id, frames="1-4")
    assert positions(shot.id)[0] == "1-2"
    edit(shot.id, notes="Its frames stay.")


def completed(farm, frames):
    farm.join()
    shot = farm.submit(frames=frames, chunk_size=100).shot
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    numbers = range(1, shot.frame_count + 1)
    farm.report(*(done(chunk, n) for n in numbers), ended(chunk, reported=shot.frame_count))
    assert farm.shot(shot.id).state is ShotState.COMPLETED
    return shot


def test_new_frames_wait_for_the_same_frames_of_another_shot(farm):
    first = farm.submit(frames="1-6").shot
    second = farm.submit(frames="1-4", after_frames=[first.id]).shot
    edit(second.id, frames="1-4,5-9")
    assert positions(second.id) == ("1-4,5-9", "0-9", "0-6")


def test_shots_that_follow_frame_by_frame_wait_for_new_frames_and_not_for_old_ones(farm):
    first = farm.submit(frames="1-4").shot
    second = farm.submit(frames="1-6", after_frames=[first.id]).shot
    edit(first.id, frames="3-6")
    assert positions(second.id)[2] == "2-6"
    edit(first.id, frames="1-6")
    assert positions(second.id)[2] == "0-6"


def test_it_waits_for_other_shots_and_a_time(farm):
    first, second = farm.submit().shot, farm.submit().shot
    row = edit(second.id, after=[first.id], not_before="2099-12-01 20:00")
    assert row.state is ShotState.WAITING
    assert farm.reasons("shot", second.id)[1] == (
        f"after shots: – → {first.id}\nnot before: – → 2099-12-01 20:00"
    )
    assert edit(second.id, after=None, not_before="").state is ShotState.QUEUED
    with pytest.raises(ActionRefused, match="each would wait for the next"):
        edit(first.id, after=f"{first.id}")


def test_what_is_over_waits_for_nothing(farm):
    shot = completed(farm, "1-2")
    other = farm.submit(frames="1").shot
    with pytest.raises(ActionRefused, match="nothing left that could wait"):
        edit(shot.id, after=[other.id])


def test_with_a_new_look_nodes_only_finish_their_frame(farm):
    farm.join("atlas")
    farm.join("titan")
    shot = farm.submit(frames="1-8", chunk_size=4).shot
    begun, sent = (dispatch.order.chunk_id for dispatch in farm.assign())
    farm.report(started(begun))
    edit(shot.id, samples=8)
    assert farm.ending() == [begun]
    assert farm.chunk_state(sent) == "returned"
    assert positions(shot.id)[1] == "4-8"
    farm.report(done(begun, 1), ended(begun, returned=True, reported=1))
    orders = farm.assign()
    assert {dispatch.order.scene.render.samples for dispatch in orders} == {8}


def test_all_frames_are_rendered_again_with_the_new_look(farm):
    farm.join()
    shot = farm.submit(frames="1-4", chunk_size=2).shot
    [first] = farm.assign()
    chunk = first.order.chunk_id
    farm.report(done(chunk, 1), done(chunk, 2), ended(chunk, reported=2))
    [second] = farm.assign()
    chunk = second.order.chunk_id
    farm.report(started(chunk))
    row = edit_shot(shot.id, {"samples": 8}, actor="tom", again=True)
    assert (row.done_count, row.pending_count) == (0, 4)
    assert farm.chunk_state(chunk) == "returned"
    farm.report(done(chunk, 3))  # it was rendered the old way
    assert farm.shot(shot.id).done_count == 0
    assert farm.reasons("shot", shot.id)[-1].splitlines() == [
        "samples: – → 8",
        "All 4 frames are to be rendered again.",
    ]


def test_a_smaller_picture_has_its_size_on_the_page(farm):
    submitted = farm.submit()
    edit(submitted.shot.id, percentage=50)
    with reading() as session:
        shot = session.get_one(Shot, submitted.shot.id)
        assert (shot.width, shot.height) == (80, 45)
    given = farm.submit(width=640, height=360, percentage=50).shot
    edit(given.id, percentage=25)
    with reading() as session:
        shot = session.get_one(Shot, given.id)
        assert (shot.width, shot.height) == (160, 90)


def test_two_people_change_different_things_and_both_stand(farm):
    shot = farm.submit().shot
    seen = shot_settings(shot.id)
    edit(shot.id, priority=80)
    edit_shot(shot.id, {"notes": "Retake."}, actor="mira", seen=seen)
    assert (shot_settings(shot.id)["priority"], shot_settings(shot.id)["notes"]) == (
        "80",
        "Retake.",
    )


def test_two_people_change_the_same_thing_and_the_second_is_told(farm):
    shot = farm.submit().shot
    seen = shot_settings(shot.id)
    edit(shot.id, priority=80)
    with pytest.raises(RequestRefused, match="it was 50 and is 80 now"):
        edit_shot(shot.id, {"priority": 20}, actor="mira", seen=seen)
    with pytest.raises(ActionRefused, match="changed meanwhile"):
        edit_shot(shot.id, {"notes": "x"}, actor="mira", tag=tag_of(seen))
    edit_shot(shot.id, {"notes": "x"}, actor="mira", tag=tag_of(shot_settings(shot.id)))


def test_a_finished_frame_does_not_look_like_a_change_of_somebody(farm):
    farm.join()
    shot = farm.submit(frames="1-4", chunk_size=1).shot
    tag = tag_of(shot_settings(shot.id))
    [dispatch] = farm.assign()
    farm.report(done(dispatch.order.chunk_id, 1))
    edit_shot(shot.id, {"priority": 20}, actor="mira", tag=tag)


def test_a_cancelled_shot_keeps_what_is_asked_of_it_until_it_is_retried(farm):
    shot = farm.submit(frames="1-4").shot
    farm.act(shot.id, "cancel")
    row = edit(shot.id, frames="1-6", priority=90)
    assert (row.state, row.pending_count) == (ShotState.CANCELLED, 6)
    farm.act(shot.id, "retry")
    assert farm.shot(shot.id).state is ShotState.QUEUED


def test_a_hundred_thousand_frames_are_moved_in_a_blink(farm):
    shot = farm.submit(frames="1-100000").shot
    with farm.counted_queries() as seen:
        edit(shot.id, frames="1-120000", first="x100")
    assert len(seen) < 25
    assert farm.shot(shot.id).pending_count == 120_000
