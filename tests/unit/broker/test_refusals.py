"""However much is refused, little of it is said and kept."""

from __future__ import annotations

from brender_farm.broker.refusals import (
    KEPT_S,
    MOST_KINDS,
    MOST_OF_ONE,
    SAY_EVERY_S,
    Refusals,
)


def test_a_refusal_is_said_with_who_and_why(caplog):
    Refusals().note("node atlas", "Its seal is wrong.", now_s=0)
    assert [record.getMessage() for record in caplog.records] == ["A message was refused."]
    assert (caplog.records[0].sender, caplog.records[0].why) == ("node atlas", "Its seal is wrong.")


def test_the_same_is_said_once_a_minute_with_how_often_it_was(caplog):
    refusals = Refusals()
    for second in range(int(SAY_EVERY_S) + 1):
        refusals.note("node atlas", "Wrong.", now_s=second)
    assert [record.times for record in caplog.records] == [1, 60]
    assert refusals.lately(now_s=60)[0].count == 61


def test_one_sender_does_not_hide_the_others(caplog):
    refusals = Refusals()
    for number in range(1000):
        refusals.note("node atlas", f"Wrong {number}.", now_s=0)
    refusals.note("node boreas", "Wrong.", now_s=0)
    found = refusals.lately(now_s=0)
    assert len(found) == len(caplog.records) == MOST_OF_ONE + 2
    assert found[0].count == 1000 - MOST_OF_ONE
    assert "node boreas" in {one.who for one in found}


def test_a_flood_of_different_senders_counts_as_one(caplog):
    refusals = Refusals()
    for number in range(1000):
        refusals.note(f"node {number}", "Wrong.", now_s=0)
    assert len(refusals.lately(now_s=0)) == MOST_KINDS + 1
    assert len(caplog.records) == MOST_KINDS + 1


def test_what_happened_long_ago_is_forgotten():
    refusals = Refusals()
    refusals.note("node atlas", "Wrong.", now_s=0)
    assert refusals.lately(now_s=KEPT_S + 1) == ()


def test_what_strangers_write_is_one_line_of_bounded_length(caplog):
    Refusals().note("node a\nFAKE LINE\x1b[31m", "x" * 5000, now_s=0)
    assert caplog.records[0].sender == "node a·FAKE LINE·[31m"
    assert len(caplog.records[0].why) < 400
