"""Reports that must arrive, whatever the broker and the disk do."""

from __future__ import annotations

import logging

import pytest

from brender_farm import wire
from tests.waiting import wait_for
from workers.journal import MAX_DAMAGED
from workers.outbox import MAX_BYTES, Outbox

END = wire.ChunkEnded(chunk_id=1)


class Farm:
    """Takes reports when it is there."""

    def __init__(self, *, there=True):
        self.there = there
        self.items = []
        self.live = set()
        self.waiting = 0

    def deliver(self, report):
        if not self.there:
            raise OSError("the broker is away")
        self.items += report.items
        for item in report.items:
            if isinstance(item, wire.ChunkEnded):
                self.live.discard(item.chunk_id)

    def live_among(self, chunk_ids):
        if not self.there:
            raise OSError("the broker is away")
        return chunk_ids & self.live

    def reports_waiting(self):
        return self.waiting


def end(reported_count, **more):
    return wire.ChunkEnded(chunk_id=1, reported_count=reported_count, **more)


@pytest.fixture
def farm():
    return Farm()


def failed(frame, **more):
    return wire.FrameFailed(chunk_id=1, frame=frame, reason="why", **more)


def test_items_arrive_in_order_and_leave_the_disk(tmp_path, farm):
    outbox = Outbox(tmp_path, node_name="anna", deliver=farm.deliver, farm=farm)
    items = [failed(1), failed(2), END]
    for item in items:
        outbox.post(item)
    assert outbox.close(10)
    assert farm.items == [failed(1), failed(2), end(2)]
    wait_for(lambda: not list(tmp_path.iterdir()), "the farm has recorded them")
    assert outbox.untold_chunks() == frozenset()


def test_what_was_not_delivered_goes_out_after_the_next_start(tmp_path, farm):
    away = Farm(there=False)
    outbox = Outbox(tmp_path, node_name="anna", deliver=away.deliver, farm=away)
    outbox.post(END)
    assert not outbox.close(0.05)
    assert outbox.untold_chunks() == {1}

    again = Outbox(tmp_path, node_name="anna", deliver=farm.deliver, farm=farm)

    assert again.close(10)
    assert farm.items == [END]
    away.there = True
    assert outbox.close(10)


def test_a_full_disk_costs_no_report(small_disk, farm, caplog):
    folder = small_disk / "outbox"
    farm.there = False
    outbox = Outbox(folder, node_name="anna", deliver=farm.deliver, farm=farm)
    (small_disk / "ballast").write_bytes(bytes(3 * 1024 * 1024 - 4096))
    with caplog.at_level(logging.WARNING):
        for frame in range(1, 5):
            outbox.post(failed(frame, tail="x" * 4000))
        outbox.post(END)
    assert "kept in memory only" in caplog.text
    farm.there = True
    assert outbox.close(10)
    assert farm.items == [*(failed(frame, tail="x" * 4000) for frame in range(1, 5)), end(4)]
    wait_for(lambda: not list(folder.iterdir()), "the farm has recorded them")


def test_a_folder_that_is_gone_costs_no_report(tmp_path, farm):
    outbox = Outbox(tmp_path / "outbox", node_name="anna", deliver=farm.deliver, farm=farm)
    (tmp_path / "outbox").rmdir()
    outbox.post(END)
    assert outbox.close(10)
    assert farm.items == [END]


def test_reports_go_on_when_their_file_cannot_be_removed(tmp_path, farm):
    farm.there = False
    outbox = Outbox(tmp_path / "outbox", node_name="anna", deliver=farm.deliver, farm=farm)
    outbox.post(failed(1))
    for path in (tmp_path / "outbox").iterdir():
        path.unlink()
        path.mkdir()  # what is a folder now cannot be unlinked
    farm.there = True
    outbox.post(END)
    assert outbox.close(10)
    assert farm.items == [failed(1), end(1)]


def test_a_broker_that_is_away_is_told_of_once(tmp_path, farm, caplog, monkeypatch):
    monkeypatch.setattr("workers.outbox.RETRY_S", 0.01)
    farm.there, tries = False, []
    outbox = Outbox(
        tmp_path,
        node_name="anna",
        deliver=lambda report: (tries.append(1), farm.deliver(report)),
        farm=farm,
    )
    with caplog.at_level(logging.INFO):
        outbox.post(END)
        wait_for(lambda: len(tries) > 3, "it tries again and again")
        farm.there = True
        assert outbox.close(10)
    words = [record.message for record in caplog.records]
    assert words == ["The broker did not take a report.", "The broker takes reports again."]


def test_damaged_reports_are_set_aside_and_do_not_pile_up(tmp_path, farm):
    for number in range(1, MAX_DAMAGED + 11):
        (tmp_path / f"{number:012}.json").write_text("{")
    outbox = Outbox(tmp_path, node_name="anna", deliver=farm.deliver, farm=farm)
    outbox.post(END)
    wait_for(lambda: farm.items == [END], "the sound report arrives")
    wait_for(lambda: not list(tmp_path.glob("*.json")), "it leaves the disk")
    assert len(list(tmp_path.glob("*.damaged"))) == MAX_DAMAGED
    outbox.close(1)


class Deaf(Farm):
    """Takes reports and forgets the first ones, as a scheduler that is killed does."""

    def __init__(self, *, forgets):
        super().__init__()
        self.live.add(1)
        self.forgets = forgets

    def deliver(self, report):
        if self.forgets:
            self.forgets -= 1
            return
        super().deliver(report)


@pytest.fixture
def _soon(monkeypatch):
    monkeypatch.setattr("workers.receipts.OVERDUE_S", 0.2)
    monkeypatch.setattr("workers.receipts.LOOK_EVERY_S", 0.02)
    monkeypatch.setattr("workers.receipts.CLAIM_AFTER_S", 0.0)


@pytest.mark.usefixtures("_soon")
def test_what_the_farm_did_not_record_is_sent_once_more(tmp_path):
    farm = Deaf(forgets=1)
    outbox = Outbox(tmp_path, node_name="anna", deliver=farm.deliver, farm=farm)
    outbox.post(failed(1))
    outbox.post(END)
    wait_for(lambda: farm.items, "it is sent once more")
    assert farm.items == [failed(1), end(1, resent=1)]
    wait_for(lambda: not list(tmp_path.iterdir()), "and then let go of")
    assert outbox.untold_chunks() == frozenset()


@pytest.mark.usefixtures("_soon")
def test_what_still_waits_in_the_farms_queue_is_not_sent_twice(tmp_path):
    farm = Deaf(forgets=1)
    farm.waiting = 1
    outbox = Outbox(tmp_path, node_name="anna", deliver=farm.deliver, farm=farm)
    outbox.post(END)
    wait_for(lambda: outbox.untold_chunks() == {1} and not farm.forgets, "it was delivered")
    assert not farm.items
    farm.waiting = 0
    wait_for(lambda: farm.items == [end(0, resent=1)], "the queue is empty and it is not recorded")


@pytest.mark.usefixtures("_soon")
def test_what_was_delivered_and_not_recorded_goes_out_after_the_next_start(tmp_path, farm):
    deaf = Deaf(forgets=99)
    deaf.waiting = 1
    outbox = Outbox(tmp_path, node_name="anna", deliver=deaf.deliver, farm=deaf)
    outbox.post(failed(1))
    outbox.post(END)
    assert outbox.close(10)
    Outbox(tmp_path, node_name="anna", deliver=farm.deliver, farm=farm)
    wait_for(lambda: len(farm.items) == 2, "both are sent again")


def test_ends_that_come_close_together_travel_together(tmp_path, farm):
    reports = []
    outbox = Outbox(
        tmp_path,
        node_name="anna",
        deliver=lambda report: reports.append(len(report.items)),
        farm=farm,
        pace_s=0.2,
    )
    outbox.post(wire.ChunkEnded(chunk_id=1))
    wait_for(lambda: reports == [1], "one that comes alone does not wait")
    for chunk_id in range(2, 12):
        outbox.post(wire.ChunkEnded(chunk_id=chunk_id))
    assert outbox.close(10)
    assert reports == [1, 10]


def test_what_is_long_goes_in_several_reports(tmp_path):
    farm, reports = Farm(), []
    tail = "x" * 20_000
    failed = [
        wire.FrameFailed(chunk_id=1, frame=number, reason="It broke.", tail=tail)
        for number in range(100)
    ]

    def deliver(report):
        reports.append(len(wire.encode(report)))
        farm.deliver(report)

    outbox = Outbox(tmp_path, node_name="atlas", deliver=deliver, farm=farm)
    for item in failed:
        outbox.post(item)
    outbox.post(END)
    wait_for(lambda: len(farm.items) == len(failed) + 1, "all arrived")
    assert farm.items[:-1] == failed
    assert max(reports) <= MAX_BYTES + 1000
    outbox.close(1)
