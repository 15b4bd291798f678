"""Frames that take far longer than they should, and what may be done about them."""

from __future__ import annotations

import msgspec
import pytest

from brender_farm import wire
from brender_farm.db.core import reading
from brender_farm.db.models import Chunk, Frame
from brender_farm.domain.states import ChunkState, FrameState
from brender_farm.errors import ActionRefused, NotFound
from brender_farm.service.elsewhere import try_elsewhere
from brender_farm.service.farm_settings import change_setting
from brender_farm.service.stuck import count_stuck, list_stuck, slow_frames

from .core_farm import CoreFarm, done, ended, heartbeat, started


def beat_at(node: str, number: int, chunk_id: int, frame: int, frame_s: float) -> wire.Heartbeat:
    claim = wire.ChunkClaim(chunk_id=chunk_id, frame=frame, frame_s=frame_s, sample=3)
    return msgspec.structs.replace(heartbeat(node, beat=number), claims=[claim])


def render(farm: CoreFarm, *seconds: float) -> int:
    """Let atlas finish the shot's first frames, and begin the next one; return its chunk."""
    dispatches = farm.assign()
    for frame, s in enumerate(seconds, start=1):
        [sent] = dispatches
        chunk_id = sent.order.chunk_id
        farm.report(started(chunk_id), done(chunk_id, frame, seconds=s), ended(chunk_id))
        dispatches = farm.assign()
    [sent] = dispatches
    farm.report(started(sent.order.chunk_id))
    return sent.order.chunk_id


@pytest.fixture
def chunk_id(farm: CoreFarm) -> int:
    """Let frame 5 be with atlas, after four that took about 2 s."""
    farm.submit(frames="1-20", chunk_size=1)
    farm.join()
    return render(farm, 2.0, 2.2, 1.8, 2.0)


def test_a_frame_that_renders_far_longer_than_usual_is_stuck(farm: CoreFarm, chunk_id: int) -> None:
    farm.pass_time(60)
    farm.attend(beat_at("atlas", 2, chunk_id, 5, 58.0))

    [row] = list_stuck(now=farm.now).rows

    assert (row.frame, row.node, row.chunk_id) == (5, "atlas", chunk_id)
    assert row.frame_s == 58.0
    assert row.usual_s == pytest.approx(2.0, rel=0.1)
    assert row.sample == 3
    assert row.actions == ("elsewhere", "pause")
    with reading() as session:
        assert count_stuck(session, farm.now) == 1


@pytest.mark.parametrize("frame_s", [3.0, 11.0], ids=["as usual", "less than 10 s more"])
def test_a_frame_that_takes_a_little_longer_is_not_stuck(
    farm: CoreFarm, chunk_id: int, frame_s: float
) -> None:
    farm.pass_time(frame_s)
    farm.attend(beat_at("atlas", 2, chunk_id, 5, frame_s))
    assert list_stuck(now=farm.now).rows == ()


def test_how_slow_is_too_slow_is_a_setting(farm: CoreFarm, chunk_id: int) -> None:
    farm.pass_time(60)
    farm.attend(beat_at("atlas", 2, chunk_id, 5, 58.0))
    change_setting("slow_factor", 50, actor="mira")
    assert list_stuck(now=farm.now).rows == ()


def test_without_finished_frames_nobody_can_say_what_is_usual(farm: CoreFarm) -> None:
    farm.submit(frames="1-20", chunk_size=1)
    farm.join()
    chunk_id = render(farm)
    farm.pass_time(600)
    farm.attend(beat_at("atlas", 2, chunk_id, 1, 599.0))
    assert list_stuck(now=farm.now).rows == ()


def test_the_log_of_a_stuck_frame_says_what_is_the_matter(farm: CoreFarm, chunk_id: int) -> None:
    farm.pass_time(60)
    farm.attend(beat_at("atlas", 2, chunk_id, 5, 58.0))
    [row] = list_stuck(now=farm.now).rows
    assert row.words.last_line == ""
    row.log.parent.mkdir(parents=True)
    row.log.write_text("12:00:00.000 Error: System is out of GPU memory\n12:00:01.000 Fra:5 Mem\n")

    [row] = list_stuck(now=farm.now).rows

    assert row.words.last_line == "Fra:5 Mem"
    assert row.words.errors == ("Error: System is out of GPU memory",)
    assert row.words.explanation is not None


def test_a_frame_is_taken_from_its_node_and_given_to_another(farm: CoreFarm, chunk_id: int) -> None:
    farm.pass_time(60)
    farm.attend(beat_at("atlas", 2, chunk_id, 5, 58.0))

    moved = try_elsewhere(chunk_id, actor="mira", reason="Too long")

    assert (moved.frame, moved.node, moved.has_others) == (5, "atlas", False)
    assert farm.chunk_state(chunk_id) is ChunkState.RETURNED
    assert any("Too long" in reason for reason in farm.reasons("shot", moved.shot.id))
    with reading() as session:
        stored = session.get_one(Frame, (moved.shot.id, 5))
        assert (stored.state, stored.tries) == (FrameState.PENDING, 0)
    farm.join("bellows")
    sent = {dispatch.node: dispatch.order.frames for dispatch in farm.assign()}
    assert sent == {"bellows": "5", "atlas": "6"}


def test_where_no_other_node_fits_the_frame_comes_back_to_its_node(
    farm: CoreFarm, chunk_id: int
) -> None:
    try_elsewhere(chunk_id, 5, actor="mira")
    assert [dispatch.order.frames for dispatch in farm.assign()] == ["5"]


def test_a_whole_chunk_goes_back_and_only_its_frame_in_hand_keeps_away(farm: CoreFarm) -> None:
    farm.submit(frames="1-8", chunk_size=4)
    farm.join()
    [sent] = farm.assign()
    chunk_id = sent.order.chunk_id
    farm.report(started(chunk_id), done(chunk_id, 1))
    farm.attend(beat_at("atlas", 2, chunk_id, 2, 5.0))
    moved = try_elsewhere(chunk_id, actor="mira")
    assert moved.frame == 2
    farm.join("bellows", slots=2)
    sent_now = {(d.node, d.order.frames) for d in farm.assign()}
    assert ("bellows", "2") in sent_now
    assert ("atlas", "2") not in sent_now


def test_a_chunk_that_is_over_has_nothing_to_take(farm: CoreFarm, chunk_id: int) -> None:
    farm.report(done(chunk_id, 5), ended(chunk_id))
    with pytest.raises(ActionRefused, match="done already"):
        try_elsewhere(chunk_id, actor="mira")
    with pytest.raises(NotFound):
        try_elsewhere(999, actor="mira")
    other = render(farm)
    with pytest.raises(ActionRefused, match="Frame 5"):
        try_elsewhere(other, 5, actor="mira")


def test_what_the_node_says_late_of_a_frame_taken_from_it_counts_once(
    farm: CoreFarm, chunk_id: int
) -> None:
    shot_id = try_elsewhere(chunk_id, 5, actor="mira").shot.id
    farm.report(done(chunk_id, 5))
    assert farm.frame_states(shot_id)[5] is FrameState.DONE
    assert farm.shot(shot_id).done_count == 5


def test_finished_frames_are_compared_with_their_neighbours(farm: CoreFarm) -> None:
    farm.submit(frames="1-20", chunk_size=1)
    farm.join()
    render(farm, 2.0, 2.0, 2.0, 90.0, 2.0, 2.0)

    [row] = slow_frames(now=farm.now)

    assert (row.frame, row.node, row.seconds, row.usual_s) == (4, "atlas", 90.0, 2.0)
    assert row.times == 45
    assert row.may_rerender


def test_a_scene_that_grows_heavier_has_no_slow_frames(farm: CoreFarm) -> None:
    farm.submit(frames="1-20", chunk_size=1)
    farm.join()
    render(farm, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 60.0, 60.0, 60.0, 60.0, 60.0)
    assert slow_frames(now=farm.now) == ()


def test_looking_for_stuck_frames_takes_few_queries(farm: CoreFarm) -> None:
    farm.submit(frames="1-40", chunk_size=1)
    farm.join(slots=8)
    sent = farm.assign()
    for frame, each in enumerate(sent, start=1):
        chunk_id = each.order.chunk_id
        farm.report(started(chunk_id), done(chunk_id, frame), ended(chunk_id))
    farm.report(*(started(each.order.chunk_id) for each in farm.assign()))
    with farm.counted_queries() as queries:
        list_stuck(now=farm.now)
    assert len(queries) <= 3
    with reading() as session:
        assert session.query(Chunk).count() == 16
