"""What the scheduler keeps between plans must be what is stored, whoever has changed it."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from brender_farm import wire
from brender_farm.db.core import writing
from brender_farm.db.models import Farm, Shot
from brender_farm.domain.states import ShotState
from brender_farm.errors import ActionRefused
from brender_farm.service.desk import Desk
from brender_farm.service.dispatch import assign_chunks
from brender_farm.service.nodes import act_on_node, list_nodes
from brender_farm.service.recording import record_report
from brender_farm.service.shots import set_priority
from tests.integration.service.core_farm import done, ended, failed, started


class Scheduler:
    """The scheduler's transactions, with one desk for all of them."""

    def __init__(self, farm):
        self.farm = farm
        self.desk = Desk()
        self.out = {}

    def plan(self):
        with writing() as session:
            self.desk.open(session)
            sent = assign_chunks(session, now=self.farm.now, desk=self.desk)
            self.desk.close(session)
        return self._note(sent)

    def receive(self, chunk_id, *items):
        _, node = self.out[chunk_id]
        with writing() as session:
            self.desk.open(session)
            report = wire.Report(node=node, items=[started(chunk_id), *items])
            ended_chunks = record_report(session, report, now=self.farm.now).ended_chunks
            sent = assign_chunks(session, now=self.farm.now, desk=self.desk) if ended_chunks else []
            self.desk.close(session)
        return self._note(sent)

    def finish(self, chunk_id):
        frame = int(self.out[chunk_id][0].frames)
        return self.receive(chunk_id, done(chunk_id, frame), ended(chunk_id, reported=1))

    def fail(self, chunk_id):
        frame = int(self.out[chunk_id][0].frames)
        return self.receive(chunk_id, failed(chunk_id, frame), ended(chunk_id, reported=1))

    def assert_right(self):
        """Compare all that is on the desk with what is read anew."""
        with writing() as session:
            self.desk.open(session)
            self.desk.look(session)
            fresh = Desk()
            fresh.look(session)
        assert self.desk.shots == fresh.shots
        assert _without_speed(self.desk) == _without_speed(fresh)
        assert self.desk.node_ids == fresh.node_ids
        assert self.desk.room.count == fresh.room.count

    def _note(self, sent):
        self.out |= {each.order.chunk_id: (each.order, each.node) for each in sent}
        return sent


def _without_speed(desk):
    """Return its nodes; how fast they are is learnt from each frame and read with each pass."""
    return {name: replace(view, speed=1.0) for name, view in desk.nodes.items()}


@pytest.fixture
def scheduler(farm):
    return Scheduler(farm)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_kept_is_what_is_stored_whatever_happens(farm, scheduler, seed):
    dice = random.Random(seed)
    farm.join("atlas", slots=3)
    farm.join("bora", slots=2)
    farm.join("spare", slots=9, versions=("2.79",))  # always free: then the shots are always read
    [bora] = [row.id for row in list_nodes().rows if row.name == "bora"]
    shots = [
        farm.submit(name=f"Shot {n}", frames="1-6", chunk_size=1, max_nodes=dice.choice((None, 1)))
        for n in range(4)
    ]
    ids = [each.shot.id for each in shots]
    for _ in range(40):
        live = [
            chunk for chunk in scheduler.out if farm.chunk_state(chunk) in ("sent", "rendering")
        ]
        match dice.randrange(8):
            case 0 | 1 | 2 if live:
                scheduler.finish(dice.choice(live))
            case 3 if live:
                scheduler.fail(dice.choice(live))
            case 4:
                with suppress(ActionRefused):
                    farm.act(dice.choice(ids), dice.choice(("pause", "resume")))
            case 5:
                set_priority(dice.choice(ids), dice.randrange(100), actor="mira")
            case 6:
                with suppress(ActionRefused):
                    act_on_node(bora, dice.choice(("drain", "enable")), actor="mira")
            case _:
                scheduler.plan()
        scheduler.assert_right()


def test_a_freed_slot_is_filled_without_reading_all_shots_and_nodes_again(farm, scheduler):
    farm.join("atlas", slots=2)
    farm.submit(frames="1-20", chunk_size=1)
    first, chunk = (each.order.chunk_id for each in scheduler.plan())
    scheduler.finish(first)  # the first of its hour costs one statement more
    with farm.counted_queries() as queries:
        [sent] = scheduler.finish(chunk)
    assert sent.order.frames == "4"
    queries = [query for query in queries if "advisory_xact_lock" not in query]  # PostgreSQL's
    assert len(queries) == 12, queries
    assert [query for query in queries if "shots" in query and "WHERE shots.state" in query] == []


def test_a_shot_that_others_have_paused_gets_nothing_more(farm, scheduler):
    farm.join()
    shot_id = farm.submit(frames="1-9", chunk_size=1).shot.id
    [sent] = scheduler.plan()
    farm.act(shot_id, "pause")
    assert scheduler.finish(sent.order.chunk_id) == []
    farm.act(shot_id, "resume")
    assert [each.order.frames for each in scheduler.plan()] == ["2"]


def test_a_desk_that_is_wrong_gives_nothing_that_is_not_there(farm, scheduler):
    farm.join("atlas", slots=2)
    shot_id = farm.submit(frames="1", chunk_size=1).shot.id
    other_id = farm.submit(frames="1-5", chunk_size=1).shot.id
    [first, second] = scheduler.plan()
    assert {first.order.shot_id, second.order.shot_id} == {shot_id, other_id}
    with writing() as session:  # behind everybody's back: nothing is counted up
        changes = {"state": ShotState.PAUSED}
        session.execute(update(Shot).where(Shot.id == other_id).values(changes))
    chunk = first if first.order.shot_id == shot_id else second
    assert scheduler.finish(chunk.order.chunk_id) == []
    assert farm.shot(other_id).rendering_count == 1
    scheduler.assert_right()


def test_many_changes_in_one_transaction_count_as_one(farm, scheduler):
    farm.join("atlas", slots=8)
    farm.submit(frames="1-9", chunk_size=1)
    before = _shots_rev()
    assert len(scheduler.plan()) == 8
    assert _shots_rev() == before + 1


def _shots_rev():
    with writing() as session:
        return session.scalar(select(Farm.shots_rev))
