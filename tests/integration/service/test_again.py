from __future__ import annotations

import pytest

from brender_farm.db.core import reading
from brender_farm.db.models import Frame
from brender_farm.domain.states import ChunkState, FrameState, ShotState
from brender_farm.errors import ActionRefused, NotFound, RequestRefused
from brender_farm.service.again import rerender_frames
from brender_farm.service.deletion import delete_shot
from brender_farm.service.shapes.shots import Page
from brender_farm.service.shots import get_shot, list_shots
from tests.integration.service.core_farm import done, ended, started


@pytest.fixture
def shot_id(farm) -> int:
    """Return a shot of frames 1 to 4, all done by chunk 1."""
    farm.join()
    shot_id = farm.submit(frames="1-4", chunk_size=4).shot.id
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    farm.report(*(done(chunk, frame) for frame in (1, 2, 3, 4)), ended(chunk))
    assert farm.shot(shot_id).state is ShotState.COMPLETED
    return shot_id


def test_frames_that_are_asked_for_again_are_rendered_again(farm, shot_id):
    row, count = rerender_frames(shot_id, "2-3", actor="mira", reason="Flicker.")
    assert (row.state, row.done_count, count) == (ShotState.QUEUED, 2, 2)
    assert farm.reasons("shot", shot_id)[-1] == "2 frames are to be rendered again. Flicker."
    [dispatch] = farm.assign()
    assert dispatch.order.frames == "2-3"
    chunk = dispatch.order.chunk_id
    farm.report(done(chunk, 2, seconds=5.0), done(chunk, 3, seconds=5.0), ended(chunk))
    shot = farm.shot(shot_id)
    assert (shot.state, shot.done_count) == (ShotState.COMPLETED, 4)
    assert shot.seconds_per_frame == (2 + 2 + 5 + 5) / 4


def test_an_old_report_that_comes_twice_does_not_pass_for_the_new_frame(farm, shot_id):
    rerender_frames(shot_id, "2", actor="mira")
    farm.report(done(1, 2), ended(1))
    assert farm.shot(shot_id).done_count == 3
    assert farm.frame_states(shot_id)[2] is FrameState.PENDING


def test_without_frames_every_frame_is_rendered_again(farm, shot_id):
    row, count = rerender_frames(shot_id, actor="mira")
    assert (count, row.pending_count, row.done_count, row.seconds_per_frame) == (4, 4, 0, None)


def test_what_is_not_over_yet_is_left_alone(farm):
    farm.join()
    shot_id = farm.submit(frames="1-4", chunk_size=2).shot.id
    [dispatch] = farm.assign()
    farm.report(done(dispatch.order.chunk_id, 1))
    assert rerender_frames(shot_id, actor="mira")[1] == 1
    farm.report(done(dispatch.order.chunk_id, 2), ended(dispatch.order.chunk_id))
    shot = farm.shot(shot_id)
    assert (shot.done_count, shot.pending_count) == (1, 3)


@pytest.mark.parametrize(
    ("frames", "words"),
    [("3-6", "Not of this shot: 5-6"), ("x", "is not a frame range")],
    ids=["strangers", "nonsense"],
)
def test_frames_that_make_no_sense_are_refused_and_nothing_happens(farm, shot_id, frames, words):
    with pytest.raises(RequestRefused, match=words):
        rerender_frames(shot_id, frames, actor="mira")
    assert farm.shot(shot_id).state is ShotState.COMPLETED


def test_a_cancelled_shot_must_be_retried_first(farm):
    shot_id = farm.submit().shot.id
    farm.act(shot_id, "cancel")
    with pytest.raises(ActionRefused, match="retry it first"):
        rerender_frames(shot_id, actor="mira")


def test_two_shots_never_write_to_one_folder(farm, shot_id):
    folder = get_shot(shot_id).output_dir
    other = farm.submit(output=folder, existing="overwrite").shot.id
    with pytest.raises(ActionRefused, match=f"Shot {other} is writing to"):
        rerender_frames(shot_id, actor="mira")
    farm.act(other, "cancel")
    rerender_frames(shot_id, "1", actor="mira")
    with pytest.raises(ActionRefused, match=f"Shot {shot_id} is writing to"):
        farm.act(other, "retry")


def test_a_pause_takes_back_what_is_not_begun_and_lets_the_current_frame_finish(farm):
    farm.join()
    shot_id = farm.submit(frames="1-4", chunk_size=4).shot.id
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    farm.report(started(chunk))
    farm.act(shot_id, "pause")
    assert farm.ending() == [chunk]
    farm.report(done(chunk, 1), ended(chunk, returned=True))
    assert farm.chunk_state(chunk) is ChunkState.RETURNED
    shot = farm.shot(shot_id)
    assert (shot.state, shot.done_count, shot.pending_count) == (ShotState.PAUSED, 1, 3)
    farm.act(shot_id, "resume")
    assert farm.assign()[0].order.frames == "2-4", "the node did not have to say more"


def test_a_deleted_shot_is_gone_and_its_frames_stay(farm, shot_id):
    folder = farm.root / "renders" / "tiny" / "v001"
    (folder / "0001.png").write_bytes(b"picture")
    (folder / ".brender" / "logs").mkdir(parents=True)
    (folder / ".brender" / "logs" / "1.log").write_text("words")
    delete_shot(shot_id, actor="mira", reason="A test.")
    assert list_shots(Page()).total == 0
    with pytest.raises(NotFound):
        get_shot(shot_id)
    with reading() as session:
        assert session.get(Frame, (shot_id, 1)) is None
    assert [entry.name for entry in folder.iterdir()] == ["0001.png"]
    assert farm.reasons("shot", shot_id)[-1] == "tiny, 4 frames. A test."


def test_a_shot_is_deleted_while_it_renders(farm):
    farm.join()
    shot_id = farm.submit(frames="1-4").shot.id
    [dispatch] = farm.assign()
    delete_shot(shot_id, actor="mira")
    farm.report(started(dispatch.order.chunk_id), done(dispatch.order.chunk_id, 1), node="atlas")
    assert farm.assign() == []
    other = farm.submit(frames="1-2").shot.id
    assert other > shot_id, "a number is never used again"


def test_deleting_what_is_not_there_says_so(core_app):
    with pytest.raises(NotFound):
        delete_shot(77, actor="mira")
