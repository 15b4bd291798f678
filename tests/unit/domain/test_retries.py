from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.frames import Spans
from brender_farm.domain.retries import add_retry, among, lots_of, never_failed


def test_frames_with_the_same_nodes_to_avoid_are_one_lot():
    retries = add_retry({}, [3], 10)
    retries = add_retry(retries, [3], 11)
    retries = add_retry(retries, [7, 3], 20)
    assert retries == {"3": "10-12", "3,7": "20-21"}


def test_the_lot_that_fewest_nodes_may_have_comes_first():
    lots = list(lots_of({"3": "1-2", "3,7": "5-6", "2": "9-10"}))
    assert [(lot.key, lot.avoid) for lot in lots] == [
        ("3,7", frozenset({3, 7})),
        ("2", frozenset({2})),
        ("3", frozenset({3})),
    ]


def test_what_is_no_longer_pending_is_no_retry():
    assert among({"3": "1-4", "4": "9-10"}, Spans.of([2, 3])) == {"3": "2-4"}


@given(
    pending=st.sets(st.integers(0, 40)),
    failed=st.dictionaries(st.integers(0, 40), st.sets(st.integers(1, 4), min_size=1)),
)
def test_every_pending_frame_is_in_exactly_one_lot(pending, failed):
    retries: dict[str, str] = {}
    for position, avoid in failed.items():
        retries = add_retry(retries, avoid, position)
    spans = Spans.of(pending)
    retries = among(retries, spans)
    lots = [set(lot.positions) for lot in lots_of(retries)]
    fresh = set(never_failed(retries, spans))
    assert sorted([*fresh, *(p for lot in lots for p in lot)]) == sorted(pending)
    assert fresh == pending - failed.keys()
