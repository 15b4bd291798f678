"""Work is counted by the hour as it is reported, once."""

from __future__ import annotations

from brender_farm.service.statistics import statistics
from tests.integration.service.core_farm import CoreFarm, done, ended, failed, started


def test_frames_and_failed_tries_are_counted_for_node_and_submitter(farm: CoreFarm):
    farm.join("atlas")
    farm.submit(frames="1-4", chunk_size=2)
    chunk = farm.assign()[0].order.chunk_id
    farm.report(
        started(chunk), done(chunk, 1, seconds=2.0), failed(chunk, 2), ended(chunk, reported=2)
    )
    farm.report(done(chunk, 1, seconds=2.0))  # once more
    found = statistics(1, now=farm.now)
    assert (found.total.done_count, found.total.failed_count, found.total.seconds) == (1, 1, 2.0)
    assert [row.key for row in found.nodes] == ["atlas"]
    assert [row.key for row in found.submitters] == ["mira"]


def test_the_hours_of_a_day_are_one_day(farm: CoreFarm):
    farm.join("atlas")
    farm.submit(frames="1-2", chunk_size=1)
    for frame in (1, 2):
        chunk = farm.assign()[0].order.chunk_id
        farm.report(started(chunk), done(chunk, frame), ended(chunk, reported=1))
        farm.pass_time(3700)
        farm.join("atlas", beat=frame + 1)
    assert [day.done_count for day in statistics(1, now=farm.now).days] == [2]
