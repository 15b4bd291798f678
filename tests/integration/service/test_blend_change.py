"""Going on with a .blend that was changed after its shot was submitted."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import struct

import pytest

from brender_farm import wire
from brender_farm.db.core import reading, writing
from brender_farm.db.models import Chunk, Frame, Shot
from brender_farm.domain.states import ChunkState, FrameState, ShotState
from brender_farm.errors import ActionRefused, NotFound, RequestRefused
from brender_farm.service import blend_change
from brender_farm.service.blend_change import adopt_blend
from brender_farm.service.messages import Orders
from brender_farm.service.shots import get_shot
from tests.integration.service.core_farm import DATA, done, ended, failed, started

REASON = "The .blend has changed since the shot was submitted."


@pytest.fixture
def told(monkeypatch):
    """Collect the orders that nodes are given."""
    orders = []
    monkeypatch.setattr(blend_change, "announce", orders.append)
    return orders


def change(shot_id, name="tiny_workbench.blend"):
    """Save another file of the same size in pixels over the shot's."""
    blend = get_shot(shot_id).blend
    shutil.copy(DATA / name, blend)
    return hashlib.blake2b((DATA / name).read_bytes(), digest_size=20).hexdigest()


def begun(farm, **asked):
    """Return a shot of six frames, two a chunk: frames 1 and 2 done, 3 and 4 on a node."""
    shot_id = farm.submit(frames="1-6", chunk_size=2, **asked).shot.id
    farm.join()
    [first] = farm.assign()
    chunk_id = first.order.chunk_id
    farm.report(started(chunk_id), done(chunk_id, 1), done(chunk_id, 2), ended(chunk_id))
    [second] = farm.assign()
    return shot_id, second.order.chunk_id


def found_out(farm, chunk_id):
    """The node finds the other file: it gives the chunk back and the shot pauses."""
    farm.report(
        wire.ChunkEnded(chunk_id=chunk_id, returned=True, blend_changed=True, reason=REASON)
    )
    farm.join(beat=2)


def test_the_rest_is_rendered_from_the_new_file(farm):
    shot_id, chunk_id = begun(farm)
    old = get_shot(shot_id).blend_digest
    new = change(shot_id)
    found_out(farm, chunk_id)
    detail = get_shot(shot_id)
    assert (detail.row.state, detail.blend_changed) == (ShotState.PAUSED, True)

    row = adopt_blend(shot_id, "rest", actor="mira")

    detail = get_shot(shot_id)
    assert (row.state, row.reason, row.done_count) == (ShotState.QUEUED, "", 2)
    assert (detail.blend_digest, detail.blend_changed) == (new, False)
    assert farm.pending(shot_id) == "2-6"
    assert farm.reasons("shot", shot_id)[-1] == (
        f"The changed .blend was adopted for 4 of 6 frames (BLAKE2b {old} → {new})."
    )
    [dispatch] = farm.assign()
    assert (dispatch.order.frames, dispatch.order.scene.digest) == ("3-4", new)


def test_the_record_is_that_of_the_new_file(farm):
    shot_id, chunk_id = begun(farm)
    change(shot_id)
    found_out(farm, chunk_id)
    adopt_blend(shot_id, "rest", actor="mira")
    with reading() as session:
        shot = session.get_one(Shot, shot_id)
        status = (farm.root / "tiny.blend").stat()
        assert (shot.blend_size_bytes, shot.blend_mtime_ns, shot.blend_ctime_ns) == (
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
        )


def test_all_frames_are_rendered_again_from_the_new_file(farm):
    shot_id, chunk_id = begun(farm)
    change(shot_id)
    found_out(farm, chunk_id)

    row = adopt_blend(shot_id, "all", actor="mira")

    assert (row.state, row.done_count, row.pending_count) == (ShotState.QUEUED, 0, 6)
    assert row.seconds_per_frame is None
    assert "for 6 of 6 frames" in farm.reasons("shot", shot_id)[-1]
    assert farm.frame_states(shot_id)[1] is FrameState.PENDING


def test_a_completed_shot_is_rendered_again_in_whole(farm):
    shot_id, chunk_id = begun(farm)
    farm.report(started(chunk_id), done(chunk_id, 3), done(chunk_id, 4), ended(chunk_id))
    [last] = farm.assign()
    last_id = last.order.chunk_id
    farm.report(started(last_id), done(last_id, 5), done(last_id, 6), ended(last_id))
    assert farm.shot(shot_id).state is ShotState.COMPLETED
    change(shot_id)
    with pytest.raises(ActionRefused, match="All its frames are finished"):
        adopt_blend(shot_id, "rest", actor="mira")
    row = adopt_blend(shot_id, "all", actor="mira")
    assert (row.state, row.pending_count, row.finished_at) == (ShotState.QUEUED, 6, None)


def test_what_failed_with_the_old_file_is_tried_with_the_new_one(farm):
    shot_id, chunk_id = begun(farm)
    farm.report(
        started(chunk_id), failed(chunk_id, 3, permanent=True), done(chunk_id, 4), ended(chunk_id)
    )
    assert farm.shot(shot_id).failed_count == 1
    change(shot_id)
    row = adopt_blend(shot_id, "rest", actor="mira")
    assert (row.failed_count, row.done_count, row.pending_count) == (0, 3, 3)


def test_for_all_what_runs_is_stopped(farm, told):
    shot_id, chunk_id = begun(farm)
    farm.report(started(chunk_id))
    change(shot_id)
    row = adopt_blend(shot_id, "all", actor="mira")
    assert (row.pending_count, row.rendering_count) == (6, 0)
    assert farm.chunk_state(chunk_id) is ChunkState.RETURNED
    [orders] = told
    assert (list(orders.stop), dict(orders.finish)) == ([chunk_id], {})


def test_for_all_a_late_frame_of_the_old_file_does_not_count(farm):
    shot_id, chunk_id = begun(farm)
    farm.report(started(chunk_id))
    change(shot_id)
    adopt_blend(shot_id, "all", actor="mira")
    farm.report(done(chunk_id, 3), done(chunk_id, 4), done(1, 1), ended(chunk_id))
    assert (farm.shot(shot_id).done_count, farm.shot(shot_id).pending_count) == (0, 6)


def test_for_all_a_late_frame_of_a_lost_chunk_does_not_count(farm):
    shot_id, chunk_id = begun(farm)
    farm.report(started(chunk_id))
    farm.lose(chunk_id)
    change(shot_id)
    adopt_blend(shot_id, "all", actor="mira")
    farm.report(done(chunk_id, 3))
    assert farm.shot(shot_id).done_count == 0


def test_for_the_rest_what_runs_finishes_its_frame(farm, told):
    shot_id, chunk_id = begun(farm)
    farm.report(started(chunk_id))
    new = change(shot_id)
    row = adopt_blend(shot_id, "rest", actor="mira")
    assert (row.state, row.rendering_count) == (ShotState.RENDERING, 2)
    [orders] = told
    assert (dict(orders.stop), list(orders.finish)) == ({}, [chunk_id])
    with reading() as session:
        assert session.get_one(Chunk, chunk_id).ending
    farm.report(done(chunk_id, 3), ended(chunk_id, returned=True))
    assert (farm.shot(shot_id).done_count, farm.pending(shot_id)) == (3, "3-6")
    farm.join()
    [dispatch] = farm.assign()
    assert (dispatch.order.frames, dispatch.order.scene.digest) == ("4-5", new)


def test_for_the_rest_what_has_not_begun_is_taken_back(farm, told):
    shot_id, chunk_id = begun(farm)
    change(shot_id)
    adopt_blend(shot_id, "rest", actor="mira")
    assert farm.chunk_state(chunk_id) is ChunkState.RETURNED
    [orders] = told
    assert (list(orders.stop), dict(orders.finish)) == ([chunk_id], {})
    farm.report(
        wire.ChunkEnded(chunk_id=chunk_id, returned=True, blend_changed=True, reason=REASON)
    )
    assert farm.shot(shot_id).state is ShotState.QUEUED


def test_a_file_that_has_not_changed_is_not_adopted(farm):
    shot_id, _ = begun(farm)
    blend = farm.root / "tiny.blend"
    blend.write_bytes(blend.read_bytes())  # the same bytes at another time
    for scope in ("rest", "all"):
        with pytest.raises(ActionRefused, match="has not changed") as caught:
            adopt_blend(shot_id, scope, actor="mira")
        assert "pause" in caught.value.allowed
    assert farm.shot(shot_id).done_count == 2


def test_the_old_file_put_back_is_resumed_not_adopted(farm):
    shot_id, chunk_id = begun(farm)
    change(shot_id)
    found_out(farm, chunk_id)
    shutil.copy(DATA / "tiny.blend", farm.root / "tiny.blend")
    with pytest.raises(ActionRefused, match="can be resumed") as caught:
        adopt_blend(shot_id, "rest", actor="mira")
    assert "resume" in caught.value.allowed


def test_two_who_adopt_the_same_file_do_it_once(farm):
    shot_id, _ = begun(farm)
    change(shot_id)
    adopt_blend(shot_id, "all", actor="mira")
    with pytest.raises(ActionRefused, match="has not changed"):
        adopt_blend(shot_id, "all", actor="tom")


def test_a_snapshot_has_nothing_to_adopt(farm):
    shot_id = farm.submit(snapshot=True).shot.id
    shutil.copy(DATA / "tiny_workbench.blend", farm.root / "tiny.blend")
    with pytest.raises(ActionRefused, match="snapshot of its own") as caught:
        adopt_blend(shot_id, "all", actor="mira")
    assert f"{farm.root / 'tiny.blend'}" in str(caught.value)


def test_a_cancelled_shot_is_retried_first(farm):
    shot_id, _ = begun(farm)
    farm.act(shot_id, "cancel")
    change(shot_id)
    with pytest.raises(ActionRefused, match="Retry it first"):
        adopt_blend(shot_id, "rest", actor="mira")


def test_a_folder_that_another_shot_writes_to_by_now_is_not_written_to(farm):
    output = str(farm.root / "out")
    shot_id = farm.submit(frames="1", output=output).shot.id
    farm.join()
    [dispatch] = farm.assign()
    chunk_id = dispatch.order.chunk_id
    farm.report(started(chunk_id), done(chunk_id, 1), ended(chunk_id))
    farm.submit("film.blend", output=output)
    change(shot_id)
    with pytest.raises(ActionRefused, match="Another unfinished shot is writing to"):
        adopt_blend(shot_id, "all", actor="mira")


def save_with_another_size(blend):
    """Make the scene 320 × 180 as Blender would store it: two integers, one after the other."""
    content, old = (
        gzip.decompress((DATA / "tiny_gzip.blend").read_bytes()),
        struct.pack("<ii", 160, 90),
    )
    assert content.count(old) == 1
    blend.write_bytes(content.replace(old, struct.pack("<ii", 320, 180)))


def test_another_size_is_for_all_frames_only(farm):
    shot_id, _ = begun(farm)
    save_with_another_size(farm.root / "tiny.blend")
    with pytest.raises(RequestRefused, match="320 × 180 now; the finished frames are 160 × 90"):
        adopt_blend(shot_id, "rest", actor="mira")
    assert (get_shot(shot_id).width, farm.shot(shot_id).done_count) == (160, 2)
    adopt_blend(shot_id, "all", actor="mira")
    assert (get_shot(shot_id).width, get_shot(shot_id).height) == (320, 180)


def test_a_size_that_was_asked_for_stays(farm):
    shot_id, _ = begun(farm, width=640, height=360)
    save_with_another_size(farm.root / "tiny.blend")
    adopt_blend(shot_id, "rest", actor="mira")
    assert (get_shot(shot_id).width, get_shot(shot_id).height) == (640, 360)


def gone(farm):
    (farm.root / "tiny.blend").unlink()


def no_blend(farm):
    (farm.root / "tiny.blend").write_bytes(b"\x89PNG")


def without_the_scene(farm):
    shutil.copy(DATA / "two_scenes.blend", farm.root / "tiny.blend")


def too_new(farm):
    shutil.copy(DATA / "future.blend", farm.root / "tiny.blend")


@pytest.mark.parametrize(
    ("spoil", "field", "words"),
    [
        pytest.param(gone, "blend", "does not exist", id="gone"),
        pytest.param(no_blend, "blend", "is not a .blend", id="no-blend"),
        pytest.param(without_the_scene, "scene", "no scene 'Scene'", id="without-the-scene"),
        pytest.param(too_new, "blend", "saved by Blender 9.99", id="newer-blender"),
    ],
)
def test_a_new_file_that_cannot_be_rendered_is_refused(farm, spoil, field, words):
    shot_id, _ = begun(farm)
    before = get_shot(shot_id)
    spoil(farm)
    with pytest.raises(RequestRefused) as caught:
        adopt_blend(shot_id, "rest", actor="mira")
    assert [fault.field for fault in caught.value.faults] == [field]
    assert words in str(caught.value)
    assert get_shot(shot_id) == before


def test_new_warnings_take_the_place_of_the_old(farm):
    shot_id, _ = begun(farm)
    change(shot_id, "film.blend")
    adopt_blend(shot_id, "rest", actor="mira")
    [warning] = get_shot(shot_id).warnings
    assert "film format" in warning


@pytest.mark.parametrize("scope", ["", "some", "REST"])
def test_an_unknown_scope_is_refused(farm, scope):
    shot_id, _ = begun(farm)
    with pytest.raises(RequestRefused, match="Choose rest"):
        adopt_blend(shot_id, scope, actor="mira")


def test_a_shot_that_is_none_is_not_found(farm):
    with pytest.raises(NotFound):
        adopt_blend(99, "all", actor="mira")


def test_a_ban_ends_with_the_file_it_was_for(farm):
    shot_id, _ = begun(farm)
    with writing() as session:
        shot = session.get_one(Shot, shot_id)
        shot.bans, shot.strikes = {"1": "It failed."}, {"1": 3}
    change(shot_id)
    adopt_blend(shot_id, "rest", actor="mira")
    with reading() as session:
        shot = session.get_one(Shot, shot_id)
        assert (shot.bans, shot.strikes) == ({}, {})


def test_frames_that_were_never_touched_get_no_rows(farm):
    shot_id, _ = begun(farm)
    change(shot_id)
    adopt_blend(shot_id, "all", actor="mira")
    assert farm.count(Frame) == 4  # those of the chunks that nodes had


def test_without_orders_the_scheduler_is_nudged(farm, told):
    shot_id = farm.submit().shot.id
    change(shot_id)
    adopt_blend(shot_id, "rest", actor="mira")
    assert told == [Orders(stop={}, finish={})]


def test_a_shot_of_half_the_resolution_keeps_its_size(farm):
    shot_id, chunk_id = begun(farm, percentage=50)
    change(shot_id)
    found_out(farm, chunk_id)
    adopt_blend(shot_id, "rest", actor="mira")
    detail = get_shot(shot_id)
    assert (detail.width, detail.height, detail.render) == (80, 45, {"percentage": 50})


def test_a_camera_that_the_shot_asks_for_must_still_be_there(farm):
    shot_id, chunk_id = begun(farm, camera="Camera")
    change(shot_id, "no_camera.blend")
    found_out(farm, chunk_id)
    with pytest.raises(RequestRefused, match="has no camera 'Camera'"):
        adopt_blend(shot_id, "rest", actor="mira")
    assert get_shot(shot_id).row.state is ShotState.PAUSED
