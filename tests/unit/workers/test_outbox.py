"""Reports that must arrive, whatever the broker and the disk do."""

from __future__ import annotations

import logging

import pytest

from brender_farm import wire
from tests.waiting import wait_for
from workers.outbox import MAX_DAMAGED, Outbox

END = wire.ChunkEnded(chunk_id=1)


class Farm:
    """Takes reports when it is there."""

    def __init__(self, *, there=True):
        self.there = there
        self.items = []

    def deliver(self, report):
        if not self.there:
            raise OSError("the broker is away")
        self.items += report.items


@pytest.fixture
def farm():
    return Farm()


def failed(frame, **more):
    return wire.FrameFailed(chunk_id=1, frame=frame, reason="why", **more)


def test_items_arrive_in_order_and_leave_the_disk(tmp_path, farm):
    outbox = Outbox(tmp_path, node_name="anna", deliver=farm.deliver)
    items = [failed(1), failed(2), END]
    for item in items:
        outbox.post(item)
    assert outbox.close(10)
    assert farm.items == items
    assert list(tmp_path.iterdir()) == []
    assert outbox.undelivered_chunks() == frozenset()


def test_what_was_not_delivered_goes_out_after_the_next_start(tmp_path, farm):
    away = Farm(there=False)
    outbox = Outbox(tmp_path, node_name="anna", deliver=away.deliver)
    outbox.post(END)
    assert not outbox.close(0.05)
    assert outbox.undelivered_chunks() == {1}

    again = Outbox(tmp_path, node_name="anna", deliver=farm.deliver)

    assert again.close(10)
    assert farm.items == [END]
    away.there = True
    assert outbox.close(10)


def test_a_full_disk_costs_no_report(small_disk, farm, caplog):
    folder = small_disk / "outbox"
    farm.there = False
    outbox = Outbox(folder, node_name="anna", deliver=farm.deliver)
    (small_disk / "ballast").write_bytes(bytes(3 * 1024 * 1024 - 4096))
    with caplog.at_level(logging.WARNING):
        for frame in range(1, 5):
            outbox.post(failed(frame, tail="x" * 4000))
        outbox.post(END)
    assert "kept in memory only" in caplog.text
    farm.there = True
    assert outbox.close(10)
    assert farm.items == [*(failed(frame, tail="x" * 4000) for frame in range(1, 5)), END]
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_gone_costs_no_report(tmp_path, farm):
    outbox = Outbox(tmp_path / "outbox", node_name="anna", deliver=farm.deliver)
    (tmp_path / "outbox").rmdir()
    outbox.post(END)
    assert outbox.close(10)
    assert farm.items == [END]


def test_reports_go_on_when_their_file_cannot_be_removed(tmp_path, farm):
    farm.there = False
    outbox = Outbox(tmp_path / "outbox", node_name="anna", deliver=farm.deliver)
    outbox.post(failed(1))
    for path in (tmp_path / "outbox").iterdir():
        path.unlink()
        path.mkdir()  # what is a folder now cannot be unlinked
    farm.there = True
    outbox.post(END)
    assert outbox.close(10)
    assert farm.items == [failed(1), END]


def test_a_broker_that_is_away_is_told_of_once(tmp_path, farm, caplog, monkeypatch):
    monkeypatch.setattr("workers.outbox.RETRY_S", 0.01)
    farm.there, tries = False, []
    outbox = Outbox(
        tmp_path, node_name="anna", deliver=lambda report: (tries.append(1), farm.deliver(report))
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
    outbox = Outbox(tmp_path, node_name="anna", deliver=farm.deliver)
    outbox.post(END)
    wait_for(lambda: farm.items == [END], "the sound report arrives")
    wait_for(lambda: not list(tmp_path.glob("*.json")), "it leaves the disk")
    assert len(list(tmp_path.glob("*.damaged"))) == MAX_DAMAGED
    outbox.close(1)
