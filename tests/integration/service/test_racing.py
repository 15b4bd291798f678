"""A shot's last frames are rendered twice where a slot would idle, and recorded once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from brender_farm import wire
from brender_farm.db.core import reading, writing
from brender_farm.db.models import Chunk, FarmLimit, Frame, LooseChunk, Shot
from brender_farm.db.reads.racing import live_races
from brender_farm.db.writes.twins import TWIN_FIRST, TWIN_HAD_THE_REST, dissolve_races
from brender_farm.domain.frames import Spans
from brender_farm.domain.states import ChunkState, FrameState, ShotState
from brender_farm.service.again import rerender_frames
from brender_farm.service.deletion import delete_shot
from brender_farm.service.desk import Desk
from brender_farm.service.dispatch import Dispatch, assign_chunks
from brender_farm.service.recording import record_report
from brender_farm.service.shots import shot_chunks, shot_frames
from tests.integration.service.core_farm import (
    CoreFarm,
    done,
    ended,
    failed,
    heartbeat,
    started,
)


@dataclass
class Race:
    """A shot of which one chunk is left, on atlas; bora has nothing to do."""

    farm: CoreFarm
    shot_id: int
    original: int
    twin: int = 0

    def begin(self) -> Race:
        """Let the original take longer than it should, so that bora gets its twin."""
        self.farm.report(started(self.original))
        self.farm.pass_time(60)
        [dispatch] = self.farm.assign()
        assert dispatch.node == "bora"
        self.twin = dispatch.order.chunk_id
        self.farm.report(started(self.twin))
        return self

    def join(self, name: str) -> None:
        """Let one more node join, while the others are there and at work."""
        self.farm.attend(
            heartbeat("atlas", beat=2, claims=[self.original]),
            heartbeat("bora", beat=2, claims=[self.twin]),
            heartbeat(name),
        )

    def spans(self, chunk_id: int) -> str:
        with reading() as session:
            return session.get_one(Chunk, chunk_id).spans

    def frame(self, number: int) -> Frame:
        with reading() as session:
            return session.get_one(Frame, (self.shot_id, number))

    def loose(self) -> set[int]:
        with reading() as session:
            return set(session.scalars(select(LooseChunk.chunk_id)))


def last_chunk(farm: CoreFarm, *, last: int = 1, race: bool = True, **asked: object) -> Race:
    """Let atlas and bora render a frame each, and atlas have the `last` ones."""
    farm.join("atlas")
    farm.join("bora")
    shot_id = farm.submit(frames=f"1-{2 + last}", chunk_size=1, race=race, **asked).shot.id
    one, two = (dispatch.order.chunk_id for dispatch in farm.assign())
    farm.report(done(one, 1), ended(one, reported=1))
    with writing() as session:
        session.get_one(Shot, shot_id).chunk_size = last
    [dispatch] = farm.assign()
    assert dispatch.node == "atlas"
    farm.report(done(two, 2), ended(two, reported=1))
    return Race(farm, shot_id, dispatch.order.chunk_id)


def test_the_last_frame_goes_to_an_idle_slot_too(farm):
    race = last_chunk(farm)
    farm.report(started(race.original))
    assert farm.assign() == []

    farm.pass_time(60)
    [dispatch] = farm.assign()

    assert (dispatch.node, dispatch.order.frames) == ("bora", "3")
    assert dispatch.race == race.original
    chunks = {chunk.id: chunk for chunk in shot_chunks(race.shot_id)}
    assert chunks[dispatch.order.chunk_id].twin_of == race.original
    shot = farm.shot(race.shot_id)
    assert (shot.rendering_count, shot.pending_count, shot.state) == (1, 0, ShotState.RENDERING)


def test_a_shot_that_does_not_ask_for_it_is_not_raced(farm):
    race = last_chunk(farm, race=False)
    farm.report(started(race.original))
    farm.pass_time(60)
    assert farm.assign() == []


def test_other_work_goes_before_a_race(farm):
    race = last_chunk(farm)
    farm.pass_time(60)
    other = farm.submit(farm.blend("tiny.blend"), frames="1", output=str(farm.root / "other"))
    [dispatch] = farm.assign()
    assert dispatch.order.shot_id == other.shot.id != race.shot_id


def test_a_twin_takes_part_in_the_shots_limits(farm):
    with writing() as session:
        session.add(FarmLimit(name="nuke", slots=1))
    race = last_chunk_with_limit(farm)
    farm.report(started(race.original))
    farm.pass_time(60)
    assert farm.assign() == []


def last_chunk_with_limit(farm: CoreFarm) -> Race:
    farm.join("atlas")
    shot_id = farm.submit(frames="1-2", chunk_size=1, race=True, limits="nuke").shot.id
    [first] = farm.assign()
    farm.report(done(first.order.chunk_id, 1), ended(first.order.chunk_id, reported=1))
    [second] = farm.assign()
    farm.join("bora")
    return Race(farm, shot_id, second.order.chunk_id)


@pytest.mark.parametrize("winner", ["original", "twin"])
def test_the_first_of_the_two_ends_the_other(farm, winner):
    race = last_chunk(farm).begin()
    first, second = race.original, race.twin
    if winner == "twin":
        first, second = second, first

    assert farm.report(done(first, 3)) == [second]

    assert farm.chunk_state(second) is ChunkState.CANCELLED
    assert farm.reasons("chunk", second) == [TWIN_FIRST]
    assert race.frame(3).chunk_id == first
    assert second in race.loose()
    assert farm.shot(race.shot_id).state is ShotState.COMPLETED
    assert farm.shot(race.shot_id).done_count == 3
    assert farm.report(done(second, 3), ended(second, reported=1)) == []
    assert race.frame(3).chunk_id == first
    assert farm.report(ended(first, reported=1)) == []
    assert farm.chunk_state(first) is ChunkState.DONE


def test_a_twin_begins_at_the_other_end_and_the_two_meet(farm):
    race = last_chunk(farm, last=4).begin()
    newest, *_ = shot_chunks(race.shot_id)
    assert newest.frames == "6-3"

    assert farm.report(done(race.twin, 6), done(race.original, 3)) == []
    assert (race.spans(race.original), race.spans(race.twin)) == ("3-5", "3-5")
    assert farm.report(done(race.original, 4)) == []
    assert set(farm.report(done(race.twin, 5))) == {race.original, race.twin}

    assert farm.shot(race.shot_id).state is ShotState.COMPLETED
    assert farm.reasons("chunk", race.original) == [TWIN_FIRST]
    assert farm.reasons("chunk", race.twin) == [TWIN_HAD_THE_REST]


def test_a_twin_is_not_raced_and_no_chunk_twice(farm):
    race = last_chunk(farm).begin()
    race.join("cleo")
    farm.pass_time(60)
    assert farm.assign() == []
    farm.report(ended(race.twin, returned=True))
    farm.attend(heartbeat("bora", beat=2))
    assert farm.assign() == []


def test_the_frame_of_a_lost_chunk_stays_with_its_twin(farm):
    race = last_chunk(farm).begin()
    farm.attend(heartbeat("atlas", beat=2, boot="second"), heartbeat("bora", beat=2))
    assert farm.chunk_state(race.original) is ChunkState.LOST
    assert farm.pending(race.shot_id) == ""
    assert farm.report(done(race.twin, 3)) == []
    assert farm.shot(race.shot_id).state is ShotState.COMPLETED


def test_a_frame_that_both_lose_is_pending_once(farm):
    race = last_chunk(farm).begin()
    farm.lose(race.original, race.twin)
    assert farm.pending(race.shot_id) == "2-3"
    [dispatch] = farm.assign()
    assert set(dispatch.order.fences) == {race.original, race.twin}


def test_what_a_lost_chunk_published_counts_and_its_twin_is_stopped(farm):
    race = last_chunk(farm).begin()
    farm.attend(heartbeat("atlas", beat=2, boot="second"), heartbeat("bora", beat=2))
    assert farm.report(done(race.original, 3)) == [race.twin]
    assert race.frame(3).chunk_id == race.original
    assert farm.shot(race.shot_id).state is ShotState.COMPLETED


def test_a_twin_that_was_second_gives_its_frame_back_to_nobody(farm):
    race = last_chunk(farm).begin()
    farm.report(ended(race.twin))
    assert farm.chunk_state(race.twin) is ChunkState.RETURNED
    assert farm.pending(race.shot_id) == ""
    farm.report(done(race.original, 3), ended(race.original, reported=1))
    assert farm.shot(race.shot_id).state is ShotState.COMPLETED


def test_the_failure_of_one_leaves_the_frame_to_the_other(farm):
    race = last_chunk(farm).begin()
    farm.report(failed(race.twin, 3, permanent=True), ended(race.twin, reported=1))
    assert farm.chunk_state(race.twin) is ChunkState.FAILED
    assert farm.pending(race.shot_id) == ""
    assert farm.shot(race.shot_id).failed_count == 0
    farm.report(done(race.original, 3), ended(race.original, reported=1))
    assert farm.shot(race.shot_id).state is ShotState.COMPLETED


def test_the_failure_of_both_counts_as_two_tries(farm):
    race = last_chunk(farm).begin()
    farm.report(failed(race.twin, 3), failed(race.original, 3))
    assert farm.pending(race.shot_id) == "2-3"
    assert (race.frame(3).tries, len(race.frame(3).failed_on)) == (2, 2)


def test_a_frame_that_one_failed_and_the_other_lost_keeps_away_from_both(farm):
    race = last_chunk(farm).begin()
    farm.report(failed(race.twin, 3), ended(race.twin, reported=1))
    farm.attend(heartbeat("atlas", beat=2, boot="second"), heartbeat("bora", beat=2))
    with reading() as session:
        [lot] = session.get_one(Shot, race.shot_id).retries.values()
    assert lot == "2-3"
    assert farm.frame_states(race.shot_id)[3] is FrameState.PENDING


def test_a_frame_that_failed_before_is_not_raced(farm):
    race = last_chunk(farm)
    farm.report(failed(race.original, 3), ended(race.original, reported=1))
    farm.attend(heartbeat("atlas", beat=2), heartbeat("bora", beat=2))
    [dispatch] = farm.assign()
    farm.report(started(dispatch.order.chunk_id))
    farm.pass_time(60)
    assert farm.assign() == []


def test_a_cancelled_shot_stops_both(farm):
    race = last_chunk(farm).begin()
    farm.act(race.shot_id, "cancel")
    assert farm.pending(race.shot_id) == "2-3"
    assert {race.original, race.twin} <= race.loose()


def test_a_paused_shot_lets_both_finish_their_frame(farm):
    race = last_chunk(farm).begin()
    farm.act(race.shot_id, "pause")
    assert farm.ending() == [race.original, race.twin]
    farm.report(ended(race.twin, returned=True))
    assert farm.pending(race.shot_id) == ""
    farm.report(ended(race.original, returned=True))
    assert farm.pending(race.shot_id) == "2-3"


def test_a_deleted_shot_takes_both_along(farm):
    race = last_chunk(farm).begin()
    delete_shot(race.shot_id, actor="mira")
    assert {race.original, race.twin} <= race.loose()
    assert farm.count(Chunk) == 0


def test_a_frame_that_is_asked_for_again_is_out_of_the_race(farm):
    race = last_chunk(farm, last=2).begin()
    farm.report(done(race.twin, 4))
    rerender_frames(race.shot_id, "4", actor="mira")
    assert farm.pending(race.shot_id) == "3-4"
    assert farm.report(done(race.original, 4), done(race.twin, 4)) == []
    assert farm.pending(race.shot_id) == "3-4"


def test_a_broker_that_forgot_who_was_first_ends_the_race(farm):
    race = last_chunk(farm).begin()
    with writing() as session:
        dissolve_races(session, now=farm.now)
    assert farm.chunk_state(race.original) is farm.chunk_state(race.twin) is ChunkState.LOST
    assert farm.pending(race.shot_id) == "2-3"
    [dispatch] = farm.assign()
    assert set(dispatch.order.fences) == {race.original, race.twin}


def test_a_broker_that_forgot_it_ends_what_a_lost_twin_may_have_been_first_in(farm):
    race = last_chunk(farm).begin()
    farm.attend(heartbeat("atlas", beat=2), heartbeat("bora", beat=2, boot="second"))
    assert farm.chunk_state(race.twin) is ChunkState.LOST
    with writing() as session:
        dissolve_races(session, now=farm.now)
    assert farm.chunk_state(race.original) is ChunkState.LOST


def test_a_broker_that_forgot_it_ends_a_twin_that_does_not_know_what_is_done(farm):
    race = last_chunk(farm, last=2).begin()
    farm.report(done(race.original, 3), failed(race.original, 4), ended(race.original, reported=2))
    assert farm.chunk_state(race.original) is ChunkState.FAILED
    assert race.spans(race.twin) == "3-4", "its node goes on with frame 3 all the same"
    with writing() as session:
        dissolve_races(session, now=farm.now)
    assert farm.chunk_state(race.twin) is ChunkState.LOST


def test_a_chunk_whose_claims_were_forgotten_goes_on_and_is_not_raced(farm):
    race = last_chunk(farm)
    with writing() as session:
        dissolve_races(session, now=farm.now)
    assert farm.chunk_state(race.original) is ChunkState.SENT
    farm.pass_time(60)
    assert farm.assign() == []
    farm.lose(race.original)
    [dispatch] = farm.assign()
    farm.pass_time(60)
    [twin] = farm.assign()
    assert twin.race == dispatch.order.chunk_id


def test_the_live_races_are_those_of_shots_that_ask_for_them(farm):
    race = last_chunk(farm).begin()
    race.join("cleo")
    farm.submit(farm.blend("film.blend"), frames="1", output=str(farm.root / "other"))
    farm.assign()
    with reading() as session:
        assert live_races(session) == {race.original: race.original, race.twin: race.original}


def test_a_raced_frame_is_shown_as_rendering_once(farm):
    race = last_chunk(farm).begin()
    cells = [cell for cell in shot_frames(race.shot_id).cells if cell.frame == 3]
    assert [cell.state for cell in cells] == [FrameState.RENDERING]
    assert list(Spans.decode(race.spans(race.twin))) == [2]


def test_what_the_scheduler_keeps_between_plans_knows_of_twins(farm):
    race = last_chunk(farm)
    farm.report(started(race.original))
    farm.pass_time(60)
    desk = Desk()

    def step(*items: wire.ReportItem) -> list[Dispatch]:
        with writing() as session:
            desk.open(session)
            if items:
                record_report(session, wire.Report(node="bora", items=[*items]), now=farm.now)
            sent = assign_chunks(session, now=farm.now, desk=desk)
            desk.close(session)
        return sent

    [twin] = step()
    assert step() == []
    assert {name: node.free_slots for name, node in desk.nodes.items()} == {"atlas": 0, "bora": 0}
    assert step(done(twin.order.chunk_id, 3), ended(twin.order.chunk_id, reported=1)) == []
    with writing() as session:
        desk.open(session)
        desk.look(session)
        fresh = Desk()
        fresh.look(session)
    assert (desk.shots, desk.nodes) == (fresh.shots, fresh.nodes)
    assert {name: node.free_slots for name, node in desk.nodes.items()} == {"atlas": 1, "bora": 1}


def test_a_twin_that_takes_its_node_down_puts_its_last_frame_under_suspicion(farm):
    race = last_chunk(farm, last=3).begin()
    beat = heartbeat("atlas", beat=2, claims=[race.original])
    farm.attend(beat, heartbeat("bora", beat=2, boot="second"))
    assert farm.chunk_state(race.twin) is ChunkState.LOST
    assert race.frame(5).vanished == 1
    assert race.spans(race.original) == "2-5"
