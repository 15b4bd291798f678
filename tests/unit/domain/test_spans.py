from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.frames import Spans

SETS = st.sets(st.integers(0, 40), max_size=30)


def is_canonical(spans: Spans) -> bool:
    """Sorted, not empty, with a gap between any two: one set has one form."""
    flat = [edge for pair in spans.pairs for edge in pair]
    return all(before < after for before, after in itertools.pairwise(flat))


@pytest.mark.parametrize(
    ("spans", "text"),
    [
        pytest.param(Spans(), "", id="none"),
        pytest.param(Spans.all(0), "", id="all-of-none"),
        pytest.param(Spans.all(1_000_000), "0-1000000", id="a-million"),
        pytest.param(Spans.of([3]), "3-4", id="one"),
        pytest.param(Spans.of([5, 1, 2, 0]), "0-3,5-6", id="two-spans"),
    ],
)
def test_spans_are_stored_as_short_text(spans, text):
    assert spans.encode() == text
    assert Spans.decode(text) == spans


@given(SETS)
def test_spans_hold_what_a_set_holds(positions):
    spans = Spans.of(positions)
    assert is_canonical(spans)
    assert list(spans) == sorted(positions)
    assert len(spans) == len(positions)
    assert bool(spans) is bool(positions)
    assert [position for position in range(-2, 45) if position in spans] == sorted(positions)
    assert Spans.decode(spans.encode()) == spans


@given(SETS, SETS)
def test_union_and_difference_are_those_of_sets(one, other):
    union, difference = Spans.of(one) | Spans.of(other), Spans.of(one) - Spans.of(other)
    assert union == Spans.of(one | other)
    assert difference == Spans.of(one - other)
    assert is_canonical(union)
    assert is_canonical(difference)


@given(SETS, st.integers(0, 50))
def test_taking_gives_the_first_positions_and_leaves_the_rest(positions, count):
    taken, rest = Spans.of(positions).take(count)
    assert list(taken) == sorted(positions)[:count]
    assert list(rest) == sorted(positions)[count:]
    assert is_canonical(taken)
    assert is_canonical(rest)


@given(st.integers(0, 50), st.lists(st.integers(1, 9), max_size=20))
def test_taking_again_and_again_gives_every_position_once(count, sizes):
    rest, seen = Spans.all(count), []
    for size in sizes:
        taken, rest = rest.take(size)
        seen += taken
    assert seen + list(rest) == list(range(count))


def test_a_position_that_comes_back_takes_its_old_place():
    taken, rest = Spans.all(6).take(3)
    assert list(rest | Spans.of([1])) == [1, 3, 4, 5]
    assert taken.encode() == "0-3"
