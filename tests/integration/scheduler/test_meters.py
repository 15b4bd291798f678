"""What the scheduler counts, from reports as nodes send them."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from brender_farm import wire
from brender_farm.db.core import writing
from brender_farm.scheduler.meters import Meters, first_frames
from brender_farm.service.recording import record_report
from tests.integration.service.core_farm import done, ended, failed, started


@pytest.fixture
def meters():
    return Meters()


@pytest.fixture
def report(farm, meters):
    """Return a way to report as the scheduler hears it, its plan included."""

    def hear(node: str, *items: wire.ReportItem) -> list:
        told = wire.Report(node=node, items=list(items))
        with writing() as session:
            recorded = record_report(session, told, now=farm.now)
            firsts = first_frames(session, recorded, now=farm.now)
        meters.heard(told, recorded, firsts)
        dispatches = farm.assign()
        meters.followed(node, recorded.ended_chunks, dispatches)
        return dispatches

    return hear


def count(meters: Meters, name: str) -> int:
    return sum(meters.figures().histograms[name].counts)


def test_frames_and_failures_are_counted(farm, meters, report):
    farm.join()
    farm.submit(frames="1-2", chunk_size=2)
    (dispatch,) = farm.assign()
    chunk = dispatch.order.chunk_id
    report("atlas", started(chunk), done(chunk, 1), failed(chunk, 2), ended(chunk, reported=2))
    counts = meters.figures().counts
    assert (counts["frames_done"], counts["frames_failed"]) == (1, 1)
    assert counts["render_seconds"] > 0


def test_the_first_frame_of_a_shot_is_timed_from_its_submission_once(farm, meters, report):
    farm.join()
    shot = farm.submit(frames="1-2", chunk_size=2).shot
    (dispatch,) = farm.assign()
    chunk = dispatch.order.chunk_id
    report("atlas", started(chunk), done(chunk, 1))
    report("atlas", done(chunk, 2), ended(chunk, reported=2))
    assert count(meters, "first_frame") == 1
    waited_s = (farm.now - farm.shot(shot.id).created_at).total_seconds()
    assert meters.figures().histograms["first_frame"].total_s == pytest.approx(waited_s)


def test_a_shot_that_comes_after_another_is_not_timed(farm, meters, report):
    farm.join()
    first = farm.submit(frames="1", name="first").shot
    farm.submit(frames="1", name="second", after=[first.id])
    (dispatch,) = farm.assign()
    for _ in range(2):
        chunk = dispatch.order.chunk_id
        items = (started(chunk), done(chunk, 1), ended(chunk, reported=1))
        dispatch = next(iter(report("atlas", *items)), None)
    assert count(meters, "first_frame") == 1


def test_a_gap_reaches_from_the_end_heard_to_the_next_start_on_the_node(farm, meters, report):
    farm.join()
    farm.submit(frames="1-3", chunk_size=1)
    (dispatch,) = farm.assign()
    chunk = dispatch.order.chunk_id
    (following,) = report("atlas", started(chunk), done(chunk, 1), ended(chunk, reported=1))
    chunk = following.order.chunk_id
    began = wire.ChunkStarted(chunk_id=chunk, boot="first", age_s=3600.0)
    (last,) = report("atlas", began, done(chunk, 2), ended(chunk, reported=1))
    report("atlas", started(last.order.chunk_id))
    assert count(meters, "chunk_gap") == 2
    assert meters.figures().histograms["chunk_gap"].total_s < 5  # a start before the end: no time


def test_a_slot_that_finds_nothing_to_do_is_no_gap(farm, meters, report):
    farm.join()
    farm.submit(frames="1", name="one")
    (dispatch,) = farm.assign()
    chunk = dispatch.order.chunk_id
    assert report("atlas", started(chunk), done(chunk, 1), ended(chunk, reported=1)) == []
    farm.pass_time(60)
    farm.submit(frames="1", name="two")
    (dispatch,) = farm.assign()
    report("atlas", started(dispatch.order.chunk_id))
    assert count(meters, "chunk_gap") == 0


def test_a_shot_with_a_start_time_is_timed_from_then_on(farm, meters, report):
    farm.join()
    shot = farm.submit(frames="1").shot
    with writing() as session:
        from brender_farm.db.models import Shot

        row = session.get_one(Shot, shot.id)
        row.not_before = farm.now + timedelta(seconds=50)
    (dispatch,) = farm.assign()
    farm.pass_time(60)
    report("atlas", started(dispatch.order.chunk_id), done(dispatch.order.chunk_id, 1))
    assert meters.figures().histograms["first_frame"].total_s == pytest.approx(10)


def test_a_chunk_costs_less_than_fifty_microseconds(meters):
    """Of a report as most are: a start, a frame, an end."""
    from brender_farm.service.recording import Recorded

    began_s = time.process_time()
    rounds = 2000
    for chunk in range(1, rounds + 1):
        recorded = Recorded(ended_chunks=[chunk])
        recorded.work[("mira", 0)].done_count = 1
        items = [started(chunk), done(chunk, 1), ended(chunk, reported=1)]
        meters.heard(wire.Report(node="atlas", items=items), recorded, [])
        meters.followed("atlas", [chunk], [])
        with meters.timing("plan"):
            pass
    assert (time.process_time() - began_s) / rounds < 200e-6  # a fourth of it on a quiet machine
