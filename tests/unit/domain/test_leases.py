from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.leases import SILENCE_S, UNCLAIMED_S, LeaseWatch

LATER = 0.001


@pytest.fixture
def watch() -> LeaseWatch:
    return LeaseWatch()


def test_a_heartbeat_that_changes_is_news(watch):
    watch.see("a", "boot", 1, 0.0)
    assert watch.see("a", "boot", 2, 2.0)
    assert not watch.see("a", "boot", 2, 4.0)
    assert watch.see("a", "another boot", 2, 6.0)


def test_a_heartbeat_seen_for_the_first_time_may_be_an_old_one(watch):
    assert not watch.see("a", "boot", 500, 0.0)


def test_a_node_whose_heartbeat_stands_still_becomes_silent(watch):
    watch.see("a", "boot", 1, 0.0)
    assert not watch.is_silent("a", SILENCE_S)
    watch.see("a", "boot", 1, SILENCE_S)
    assert watch.is_silent("a", SILENCE_S + LATER)


def test_a_heartbeat_ends_the_silence(watch):
    watch.see("a", "boot", 1, 0.0)
    watch.see("a", "boot", 2, 100.0)
    assert not watch.is_silent("a", 100.0)


def test_a_node_that_was_never_heard_of_is_silent(watch):
    assert watch.is_silent("stranger", 0.0)


def test_a_new_scheduler_gives_every_node_the_full_time(watch):
    watch.expect(["a"], 50.0)
    watch.expect(["a"], 55.0)
    assert not watch.is_silent("a", 50.0 + SILENCE_S)
    assert watch.is_silent("a", 50.0 + SILENCE_S + LATER)


def test_expecting_a_node_does_not_count_as_hearing_it(watch):
    watch.see("a", "boot", 1, 0.0)
    watch.expect(["a"], 9.0)
    assert watch.is_silent("a", SILENCE_S + LATER)


def test_no_silence_counts_while_the_broker_was_away(watch):
    watch.see("a", "boot", 1, 0.0)
    watch.unclaimed({1: "a"}, {}, 0.0)
    watch.forgive(1000.0)
    assert not watch.is_silent("a", 1000.0 + SILENCE_S)
    assert watch.unclaimed({1: "a"}, {}, 1000.0) == []
    assert watch.unclaimed({1: "a"}, {}, 1000.0 + UNCLAIMED_S) == []
    assert watch.unclaimed({1: "a"}, {}, 1000.0 + UNCLAIMED_S + LATER) == [1]


def test_a_heartbeat_is_not_new_because_of_forgiveness(watch):
    watch.see("a", "boot", 1, 0.0)
    watch.forgive(5.0)
    assert not watch.see("a", "boot", 1, 6.0)


def test_a_chunk_that_is_claimed_is_kept_for_ever(watch):
    for now_s in range(0, 1000, 2):
        assert watch.unclaimed({1: "a"}, {"a": frozenset({1})}, now_s) == []


def test_a_chunk_that_nobody_claims_is_lost_after_a_while(watch):
    assert watch.unclaimed({1: "a"}, {"a": frozenset()}, 0.0) == []
    assert watch.unclaimed({1: "a"}, {"a": frozenset()}, UNCLAIMED_S) == []
    assert watch.unclaimed({1: "a"}, {"a": frozenset()}, UNCLAIMED_S + LATER) == [1]


def test_a_claim_starts_the_waiting_anew(watch):
    watch.unclaimed({1: "a"}, {}, 0.0)
    watch.unclaimed({1: "a"}, {"a": frozenset({1})}, UNCLAIMED_S)
    assert watch.unclaimed({1: "a"}, {}, UNCLAIMED_S + 1) == []
    assert watch.unclaimed({1: "a"}, {}, 2 * UNCLAIMED_S + 2) == [1]


def test_another_nodes_claim_does_not_keep_a_chunk(watch):
    watch.unclaimed({1: "a"}, {"b": frozenset({1})}, 0.0)
    assert watch.unclaimed({1: "a"}, {"b": frozenset({1})}, UNCLAIMED_S + LATER) == [1]


@given(st.lists(st.tuples(st.floats(0, 9), st.booleans()), max_size=40))
def test_silence_is_the_time_since_the_last_change_and_nothing_else(looks):
    watch, now_s, beat = LeaseWatch(), 0.0, 0
    watch.see("a", "boot", beat, now_s)
    changed_at = now_s
    for pause_s, is_new in looks:
        now_s += pause_s
        beat += is_new
        changed_at = now_s if is_new else changed_at
        watch.see("a", "boot", beat, now_s)
        assert watch.is_silent("a", now_s) is (now_s - changed_at > SILENCE_S)
