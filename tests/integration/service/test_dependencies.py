from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Dependency, Node, Shot
from brender_farm.db.reads.dependencies import waits_of
from brender_farm.db.writes.chunks import cut_chunk
from brender_farm.db.writes.dependencies import open_due
from brender_farm.db.writes.shots import roll_up, touch
from brender_farm.domain.dependencies import Awaited
from brender_farm.domain.frames import FrameList
from brender_farm.domain.states import ACTIVE_SHOT_STATES, ShotState
from brender_farm.errors import ActionRefused, NotFound, RequestRefused
from brender_farm.service.after import set_after
from brender_farm.service.again import rerender_frames
from brender_farm.service.deletion import delete_shot
from brender_farm.service.shots import get_shot
from tests.integration.service.core_farm import CoreFarm, done, ended, failed, started


def give(farm: CoreFarm, shot_id: int, count: int = 99) -> tuple[int, list[int]]:
    """Give the next frames of this shot to a node; return the chunk and its frames, if any."""
    with writing() as session:
        shot = session.get_one(Shot, shot_id)
        if shot.state not in ACTIVE_SHOT_STATES or shot.pending_count == shot.held_count:
            return 0, []
        node_id = session.scalars(select(Node.id)).first()
        lot = next(iter(shot.retries), "")
        chunk = cut_chunk(session, shot, node_id=node_id, frame_count=count, now=farm.now, lot=lot)
        roll_up(session, shot, now=farm.now)
        touch(session, shot)
        session.flush()
        return chunk.id, list(FrameList.parse(chunk.frames))


def render(farm: CoreFarm, shot_id: int, count: int = 99) -> list[int]:
    """Let a node render the next frames of this shot; return which those were."""
    chunk_id, frames = give(farm, shot_id, count)
    if frames:
        farm.report(started(chunk_id), *(done(chunk_id, n) for n in frames), ended(chunk_id))
    return frames


def fail(farm: CoreFarm, shot_id: int) -> None:
    """Let a node give up on a frame of this shot for good."""
    chunk_id, frames = give(farm, shot_id)
    farm.report(failed(chunk_id, frames[0], permanent=True), ended(chunk_id))


@pytest.fixture
def farm(core_app: Flask, tmp_path: Path) -> CoreFarm:
    farm = CoreFarm(tmp_path)
    farm.join("atlas", slots=4)
    return farm


def shot_of(farm: CoreFarm, frames: str = "1-4", **asked) -> int:
    return farm.submit(frames=frames, **asked).shot.id


def a_pass(farm: CoreFarm) -> None:
    with writing() as session:
        open_due(session, now=farm.now)


def lots(shot_id: int) -> dict[str, str]:
    """Return the frames of a shot that keep away from nodes: the nodes' ids → positions."""
    with reading() as session:
        return session.get_one(Shot, shot_id).retries


def awaited(shot_id: int) -> list[Awaited]:
    with reading() as session:
        return waits_of(session, session.get_one(Shot, shot_id))


class TestAfterWholeShots:
    def test_it_waits_until_the_other_is_completed(self, farm):
        first = shot_of(farm)
        second = shot_of(farm, after=[first])
        assert farm.shot(second).state is ShotState.WAITING
        assert farm.reasons("shot", second)[-1] == f"It waits for shot {first}."
        assert give(farm, second)[1] == []
        render(farm, first)
        assert farm.shot(second).state is ShotState.QUEUED
        assert farm.reasons("shot", second)[-1] == f"Shot {first} is completed."
        render(farm, second)
        assert farm.shot(second).state is ShotState.COMPLETED

    def test_it_waits_for_all_of_them(self, farm):
        first, other = shot_of(farm), shot_of(farm)
        second = shot_of(farm, after=[first, other])
        render(farm, first)
        assert farm.shot(second).state is ShotState.WAITING
        render(farm, other)
        assert farm.shot(second).state is ShotState.QUEUED

    def test_a_completed_shot_is_waited_for_no_more(self, farm):
        first = shot_of(farm)
        render(farm, first)
        second = shot_of(farm, after=[first])
        assert farm.shot(second).state is ShotState.QUEUED
        assert awaited(second) == []

    def test_once_open_it_stays_open(self, farm):
        first = shot_of(farm)
        second = shot_of(farm, after=[first])
        render(farm, first)
        rerender_frames(first, actor="mira")
        assert farm.shot(second).state is ShotState.QUEUED
        assert awaited(second) == []

    def test_the_planner_gives_it_nothing_before(self, farm):
        first = shot_of(farm)
        shot_of(farm, after=[first], priority=90)
        shot_of(farm, after_frames=[first], priority=90)
        assert {dispatch.order.shot_id for dispatch in farm.assign()} == {first}
        assert farm.assign() == []

    def test_a_failed_shot_is_still_waited_for_and_named(self, farm):
        first = shot_of(farm, "1")
        second = shot_of(farm, after=[first])
        fail(farm, first)
        assert farm.shot(first).state is ShotState.FAILED
        assert farm.shot(second).state is ShotState.WAITING
        assert awaited(second) == [
            Awaited(
                shot_id=first,
                name="tiny",
                state=ShotState.FAILED,
                by_frame=False,
                first_frame=None,
                failed_count=1,
            )
        ]

    def test_its_page_hears_of_the_others_end(self, farm):
        first = shot_of(farm)
        second = shot_of(farm, after=[first])
        before = get_shot(second).rev
        farm.act(first, "cancel")
        assert get_shot(second).rev > before
        assert get_shot(second).after[0].state is ShotState.CANCELLED

    def test_a_pass_opens_what_was_missed(self, farm):
        first = shot_of(farm)
        second = shot_of(farm, after=[first])
        render(farm, first)
        with writing() as session:
            shot = session.get_one(Shot, second)
            shot.is_open, shot.state = False, ShotState.WAITING
        a_pass(farm)
        assert farm.shot(second).state is ShotState.QUEUED
        assert farm.reasons("shot", second)[-1] == "What it comes after is completed."

    def test_a_pass_with_nothing_to_open_asks_one_question(self, farm):
        shot_of(farm)
        with farm.counted_queries() as seen:
            a_pass(farm)
        assert len([statement for statement in seen if "shots" in statement]) == 1

    def test_a_pause_outlives_the_opening(self, farm):
        first = shot_of(farm)
        second = shot_of(farm, after=[first])
        farm.act(second, "pause")
        render(farm, first)
        assert farm.shot(second).state is ShotState.PAUSED
        assert farm.reasons("shot", second)[-1] == f"Shot {first} is completed."
        assert farm.act(second, "resume").state is ShotState.QUEUED

    @pytest.mark.parametrize(("action", "back"), [("pause", "resume"), ("cancel", "retry")])
    def test_what_comes_back_too_early_waits_again(self, farm, action, back):
        first = shot_of(farm)
        second = shot_of(farm, after=[first])
        farm.act(second, action)
        assert farm.act(second, back).state is ShotState.WAITING


class TestStartTime:
    def test_it_starts_when_its_time_has_come(self, farm):
        later = farm.now + timedelta(hours=2)
        shot = shot_of(farm, not_before=later)
        assert farm.shot(shot).state is ShotState.WAITING
        assert farm.reasons("shot", shot)[-1] == "It does not start before 2030-01-01 02:00 UTC."
        farm.pass_time(3600)
        a_pass(farm)
        assert farm.shot(shot).state is ShotState.WAITING
        farm.pass_time(3600)
        a_pass(farm)
        assert farm.shot(shot).state is ShotState.QUEUED
        assert farm.reasons("shot", shot)[-1] == "Its start time has come."

    def test_a_time_that_has_passed_holds_nothing(self, farm):
        shot = shot_of(farm, not_before=datetime(2020, 1, 1).astimezone())
        assert farm.shot(shot).state is ShotState.QUEUED

    def test_its_time_comes_before_the_other_shot_is_completed(self, farm):
        first = shot_of(farm)
        second = shot_of(farm, after=[first], not_before=farm.now + timedelta(hours=2))
        farm.pass_time(7200)
        a_pass(farm)
        assert farm.shot(second).state is ShotState.WAITING
        render(farm, first)
        assert farm.shot(second).state is ShotState.QUEUED

    def test_the_other_shot_is_completed_before_its_time_comes(self, farm):
        first = shot_of(farm)
        second = shot_of(farm, after=[first], not_before=farm.now + timedelta(hours=2))
        render(farm, first)
        assert farm.shot(second).state is ShotState.WAITING
        farm.pass_time(7200)
        a_pass(farm)
        assert farm.shot(second).state is ShotState.QUEUED


class TestFrameByFrame:
    def test_a_frame_goes_when_the_same_frame_of_the_other_is_done(self, farm):
        sim = shot_of(farm)
        comp = shot_of(farm, after_frames=[sim])
        assert farm.shot(comp).state is ShotState.WAITING
        chunk, _ = give(farm, sim)
        farm.report(started(chunk), done(chunk, 2))
        assert farm.shot(comp).state is ShotState.QUEUED
        assert give(farm, comp)[1] == [2]
        assert get_shot(comp).held_count == 3

    def test_frames_that_the_other_does_not_have_wait_for_nothing(self, farm):
        sim = shot_of(farm, "3-9")
        comp = shot_of(farm, after_frames=[sim])
        assert get_shot(comp).held_count == 2
        assert give(farm, comp)[1] == [1, 2]

    def test_a_frame_goes_when_all_that_it_comes_after_have_it(self, farm):
        sim, matte = shot_of(farm, "1-2"), shot_of(farm, "2-5")
        comp = shot_of(farm, "1-2", after_frames=[sim, matte])
        render(farm, sim)
        assert render(farm, comp) == [1]
        assert [(each.shot_id, each.first_frame) for each in awaited(comp)] == [(matte, 2)]

    def test_frames_that_are_done_at_submission_wait_for_nothing(self, farm):
        sim = shot_of(farm)
        render(farm, sim, 2)
        comp = shot_of(farm, after_frames=[sim])
        assert give(farm, comp)[1] == [1, 2]

    def test_a_frame_asked_for_again_is_waited_for_again(self, farm):
        sim = shot_of(farm)
        comp = shot_of(farm, after_frames=[sim])
        render(farm, sim)
        rerender_frames(sim, "2-3", actor="mira")
        assert get_shot(comp).held_count == 2
        assert [(each.shot_id, each.first_frame) for each in awaited(comp)] == [(sim, 2)]
        render(farm, sim)
        assert get_shot(comp).held_count == 0

    def test_it_waits_once_all_that_is_left_is_held(self, farm):
        sim = shot_of(farm)
        comp = shot_of(farm, after_frames=[sim])
        render(farm, sim, 1)
        assert render(farm, comp) == [1]
        assert farm.shot(comp).state is ShotState.WAITING
        told = len(farm.reasons("shot", comp))
        render(farm, sim)
        assert farm.shot(comp).state is ShotState.QUEUED
        assert len(farm.reasons("shot", comp)) == told, "only the first start is told"

    def test_a_frame_that_comes_back_is_held_if_it_must_wait_again(self, farm):
        sim = shot_of(farm)
        comp = shot_of(farm, after_frames=[sim])
        render(farm, sim)
        chunk, frames = give(farm, comp)
        rerender_frames(sim, "1", actor="mira")
        farm.lose(chunk)
        assert frames == [1, 2, 3, 4]
        assert get_shot(comp).held_count == 1

    def test_a_frame_that_failed_keeps_away_from_its_node_while_it_is_held(self, farm):
        sim = shot_of(farm, "1")
        comp = shot_of(farm, "1", after_frames=[sim])
        render(farm, sim)
        chunk, _ = give(farm, comp)
        rerender_frames(sim, actor="mira")
        farm.report(failed(chunk, 1), ended(chunk))
        assert farm.shot(comp).state is ShotState.WAITING
        assert lots(comp) == {}
        render(farm, sim)
        assert lots(comp) == {"1": "0-1"}

    def test_a_retry_that_comes_back_and_has_to_wait_is_no_retry_meanwhile(self, farm):
        sim = shot_of(farm, "1")
        comp = shot_of(farm, "1", after_frames=[sim])
        render(farm, sim)
        fail_once, _ = give(farm, comp)
        farm.report(failed(fail_once, 1), ended(fail_once))
        second_try, _ = give(farm, comp)
        rerender_frames(sim, actor="mira")
        farm.lose(second_try)
        assert (get_shot(comp).held_count, lots(comp)) == (1, {})

    def test_a_million_frames_wait_for_a_million_frames(self, farm):
        sim = shot_of(farm, "1-1000000")
        chunk, _ = give(farm, sim)
        farm.report(*(done(chunk, frame) for frame in range(1, 6)))
        comp = shot_of(farm, "1000000-1", after_frames=[sim])
        assert get_shot(comp).held_count == 1_000_000 - 5
        farm.report(done(chunk, 6), done(chunk, 99))
        assert get_shot(comp).held_count == 1_000_000 - 7


class TestChangingIt:
    def test_what_it_waits_for_can_be_replaced(self, farm):
        first, other = shot_of(farm), shot_of(farm)
        second = shot_of(farm, after=[first])
        set_after(second, after_frames=str(other), actor="mira")
        detail = get_shot(second)
        assert [(each.id, each.by_frame) for each in detail.after] == [(other, True)]
        assert (detail.row.state, detail.held_count) == (ShotState.WAITING, 4)
        assert set_after(second, actor="mira").state is ShotState.QUEUED
        assert get_shot(second).after == ()

    def test_a_shot_that_renders_finishes_what_it_has_and_waits(self, farm):
        first, second = shot_of(farm), shot_of(farm)
        chunk, frames = give(farm, second, 1)
        farm.report(started(chunk))
        assert set_after(second, [first], actor="mira").state is ShotState.WAITING
        farm.report(done(chunk, frames[0]), ended(chunk))
        assert give(farm, second)[1] == []
        assert farm.shot(second).done_count == 1

    def test_a_circle_is_refused_and_spelled_out(self, farm):
        first = shot_of(farm)
        second = shot_of(farm, after=[first])
        third = shot_of(farm, after_frames=[second])
        with pytest.raises(ActionRefused, match=f"Shot {first} -> {third} -> {second} -> {first}:"):
            set_after(first, [third], actor="mira")
        with pytest.raises(ActionRefused, match=f"Shot {first} -> {first}:"):
            set_after(first, after_frames=[first], actor="mira")
        assert get_shot(first).after == ()

    def test_a_finished_shot_waits_for_nothing(self, farm):
        first, other = shot_of(farm), shot_of(farm)
        render(farm, first)
        with pytest.raises(ActionRefused, match="It is completed"):
            set_after(first, [other], actor="mira")

    def test_shots_that_are_not_there_are_refused(self, farm):
        shot = shot_of(farm)
        with pytest.raises(RequestRefused, match="after: There is no shots 98 and 99"):
            set_after(shot, [98, 99], actor="mira")
        with pytest.raises(NotFound):
            set_after(77, [shot], actor="mira")

    def test_starting_anyway_drops_all_it_waits_for(self, farm):
        first, sim = shot_of(farm), shot_of(farm)
        later = farm.now + timedelta(hours=2)
        second = shot_of(farm, after=[first], after_frames=[sim], not_before=later)
        assert farm.act(second, "start").state is ShotState.QUEUED
        detail = get_shot(second)
        assert (detail.after, detail.not_before, detail.held_count) == ((), None, 0)
        assert farm.reasons("shot", second)[-1] == (
            f"It no longer waits for shot {first}, shot {sim}, 2030-01-01 02:00 UTC."
        )

    def test_only_a_waiting_shot_can_be_started_anyway(self, farm):
        shot = shot_of(farm)
        with pytest.raises(ActionRefused):
            farm.act(shot, "start")


class TestSubmission:
    @pytest.mark.parametrize("field", ["after", "after_frames"])
    def test_an_unknown_shot_is_a_fault_of_its_field(self, farm, field):
        with pytest.raises(RequestRefused, match=f"{field}: There is no shot 99."):
            farm.submit(**{field: [99]})
        assert farm.count(Shot) == 0

    def test_sharing_no_frame_is_a_fault(self, farm):
        sim = shot_of(farm, "1-10")
        with pytest.raises(RequestRefused, match=f"Shot {sim} has none of these frames"):
            farm.submit(frames="11-20", after_frames=[sim])

    def test_a_shot_that_is_in_both_comes_first_as_a_whole(self, farm):
        first = shot_of(farm)
        second = shot_of(farm, after=[first], after_frames=[first])
        assert [each.by_frame for each in get_shot(second).after] == [False]
        assert get_shot(second).held_count == 0


class TestDeletion:
    def test_a_shot_that_others_wait_for_is_not_deleted(self, farm):
        first = shot_of(farm)
        shot_of(farm, after=[first])
        shot_of(farm, after_frames=[first])
        with pytest.raises(ActionRefused, match="Shots 2 and 3 wait for it: start or delete them"):
            delete_shot(first, actor="mira")

    def test_a_completed_one_is_deleted_and_leaves_nothing_waiting(self, farm):
        sim = shot_of(farm)
        comp = shot_of(farm, after_frames=[sim])
        render(farm, sim)
        delete_shot(sim, actor="mira")
        assert farm.count(Dependency) == 0
        render(farm, comp)
        assert farm.shot(comp).state is ShotState.COMPLETED

    def test_a_cancelled_follower_keeps_nothing_from_being_deleted(self, farm):
        sim = shot_of(farm)
        comp, late = shot_of(farm, after_frames=[sim]), shot_of(farm, after=[sim])
        farm.act(comp, "cancel")
        farm.act(late, "cancel")
        delete_shot(sim, actor="mira")
        assert farm.act(comp, "retry").state is ShotState.QUEUED
        assert farm.act(late, "retry").state is ShotState.QUEUED
