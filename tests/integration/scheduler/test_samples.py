"""What nodes' machines did over time, as the scheduler keeps it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from brender_farm import wire
from brender_farm.db.core import reading, writing
from brender_farm.db.models import Node, PastSample
from brender_farm.db.reads.samples import past_samples
from brender_farm.db.writes.samples import store_steps
from brender_farm.domain.leases import LeaseWatch
from brender_farm.domain.samples import FIGURES, Samples, kept_since
from brender_farm.scheduler.attendance import take_attendance
from tests.integration.service.core_farm import heartbeat

START = datetime(2030, 1, 1, tzinfo=UTC)


class Roll:
    """A scheduler that takes attendance of one node every two seconds."""

    def __init__(self):
        self.samples, self.watch = Samples(), LeaseWatch()
        self.now_s = 0.0

    def beat(self, seconds, **figures):
        end = self.now_s + seconds
        while self.now_s < end:
            beat = heartbeat(beat=int(self.now_s) + 1, sample=wire.MachineSample(**figures))
            with writing() as session:
                take_attendance(
                    session,
                    self.watch,
                    [beat],
                    now=START + timedelta(seconds=self.now_s),
                    now_s=self.now_s,
                    samples=self.samples,
                )
            self.now_s += 2


def steps(step_s, since=START - timedelta(days=1)):
    with reading() as session:
        node_id = session.scalar(select(Node.id))
        found = past_samples(session, node_id, step_s, since)
        return [(row.at, row.cpu_pct, row.memory_used_bytes) for row in found]


def test_means_are_kept_over_half_minutes_and_summed_up_over_five_minutes(farm):
    roll = Roll()
    roll.beat(150, cpu_pct=20.0, memory_used_bytes=100)
    roll.beat(200, cpu_pct=40.0, memory_used_bytes=301)
    fine = steps(30)
    assert len(fine) == 12
    assert {cpu for _, cpu, _ in fine} >= {20.0, 40.0}
    first, whole = steps(300)
    assert first[1] == 20.0
    assert 20.0 < whole[1] < 40.0
    assert isinstance(whole[2], int)


def test_a_scheduler_that_is_started_again_goes_on_where_the_other_ended(farm):
    Roll().beat(200, cpu_pct=20.0)
    before = steps(30)
    roll = Roll()
    roll.now_s = 220
    roll.beat(200, cpu_pct=40.0)
    assert steps(30)[: len(before)] == before
    assert len(steps(30)) > len(before)
    assert steps(300)  # what the first one saw is in it


def test_what_is_too_old_goes(farm):
    farm.join()
    now = START + timedelta(days=30)
    with writing() as session:
        node_id = session.scalar(select(Node.id))
        for age in (timedelta(minutes=80), timedelta(minutes=100), timedelta(days=9)):
            session.add(PastSample(node_id=node_id, step_s=30, at=now - age, busy_slots=0))
        session.add(PastSample(node_id=node_id, step_s=300, at=kept_since(1, now), busy_slots=0))
    samples = Samples()
    samples.add(node_id, {}, 0, now)
    samples.add(node_id, {}, 0, now + timedelta(seconds=301))
    with writing() as session:
        store_steps(session, samples.take_due(), now + timedelta(seconds=301))
    assert len(steps(30, START)) == 2  # the one of 80 minutes ago, and the new one
    with reading() as session:
        oldest = session.scalar(select(func.min(PastSample.at)).where(PastSample.step_s == 300))
        assert oldest is None or oldest > kept_since(1, now)


def test_a_thousand_nodes_cost_a_moment_and_none_of_them_all_of_it(farm):
    with writing() as session:
        for number in range(1000):
            session.add(
                Node(
                    name=f"n{number}",
                    online=True,
                    accepting=True,
                    boot="1",
                    slots=1,
                    facts={},
                    sample={},
                    first_seen_at=START,
                    last_seen_at=START,
                )
            )
        session.flush()
        ids = list(session.scalars(select(Node.id)))
    samples, figures = Samples(), dict.fromkeys(FIGURES, 5.0)
    took = []
    for second in range(0, 640, 2):  # every node's steps of 5 minutes end twice
        for node_id in ids:
            samples.add(node_id, figures, 1, START + timedelta(seconds=second))
        began = time.perf_counter()
        with writing() as session:
            store_steps(session, samples.take_due(), START + timedelta(seconds=second))
        took.append(time.perf_counter() - began)
    with reading() as session:
        count = session.scalar(select(func.count()).where(PastSample.step_s == 30))
        assert count > 19_000
    assert sorted(took)[int(len(took) * 0.9)] < 0.05
