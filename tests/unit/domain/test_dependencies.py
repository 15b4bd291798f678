from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.dependencies import find_circle, may_begin, numbered, positions_of
from brender_farm.domain.frames import FrameList, Spans
from brender_farm.domain.states import ShotState

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)
S = ShotState

ORDERS = st.one_of(
    st.lists(st.integers(0, 60), min_size=1, max_size=40, unique=True).map(FrameList.of),
    st.sampled_from(["1-48", "1-60x3", "30-1", "1-40:10", "9", "20-2x3,40-50"]).map(
        FrameList.parse
    ),
)
GRAPHS = st.dictionaries(st.integers(1, 6), st.lists(st.integers(1, 6), max_size=3), max_size=6)


@pytest.mark.parametrize(
    ("states", "not_before", "expected"),
    [
        pytest.param([], None, True, id="nothing-to-wait-for"),
        pytest.param([S.COMPLETED, S.COMPLETED], None, True, id="all-completed"),
        pytest.param([S.COMPLETED, S.RENDERING], None, False, id="one-to-go"),
        pytest.param([S.FAILED], None, False, id="a-failed-one-is-not-met"),
        pytest.param([S.CANCELLED], None, False, id="a-cancelled-one-is-not-met"),
        pytest.param([], SOON, False, id="too-early"),
        pytest.param([], NOW, True, id="on-time"),
        pytest.param([S.COMPLETED], SOON, False, id="completed-but-too-early"),
    ],
)
def test_a_shot_may_begin_when_all_is_completed_and_its_time_has_come(states, not_before, expected):
    assert may_begin(states, not_before=not_before, now=NOW) is expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param({12: [9], 9: [7], 7: []}, [], id="a-line"),
        pytest.param({12: [9, 8], 9: [7], 8: [7], 7: []}, [], id="a-diamond"),
        pytest.param({12: [12]}, [12, 12], id="itself"),
        pytest.param({12: [9], 9: [7], 7: [12]}, [12, 9, 7, 12], id="three-in-a-circle"),
        pytest.param({12: [9], 9: [7], 7: [9]}, [], id="a-circle-that-it-is-not-in"),
    ],
)
def test_a_circle_is_found_and_spelled_out(after, expected):
    assert find_circle(after, 12) == expected


@given(GRAPHS, st.integers(1, 6))
def test_a_circle_goes_from_shot_to_earlier_shot_and_back(after, start):
    way = find_circle(after, start)
    for shot, earlier in pairwise(way):
        assert earlier in after[shot]
    assert bool(way) == _comes_back(after, start)
    assert not way or way[0] == way[-1] == start


def _comes_back(after: dict[int, list[int]], start: int) -> bool:
    seen: set[int] = set()
    heads = list(after.get(start, ()))
    while heads:
        shot = heads.pop()
        if shot not in seen:
            seen.add(shot)
            heads += after.get(shot, ())
    return start in seen


@given(ORDERS, ORDERS)
def test_frames_are_found_where_they_stand_in_another_order(order, frames):
    wanted = set(frames)
    found = positions_of(order, frames)
    assert found == Spans.of(at for at, frame in enumerate(order) if frame in wanted)


def test_no_frames_stand_nowhere():
    assert positions_of(FrameList.parse("1-9"), FrameList(())) == Spans()


def test_a_million_frames_are_found_as_one_span():
    million = FrameList.parse("1-1000000")
    assert positions_of(million, million).pairs == ((0, 1_000_000),)
    assert positions_of(FrameList.parse("1000000-1"), million).pairs == ((0, 1_000_000),)


@pytest.mark.parametrize(
    ("shots", "expected"),
    [([9], "shot 9"), ([9, 12], "shots 9 and 12"), ([9, 12, 15], "shots 9, 12 and 15")],
)
def test_shots_are_named_in_a_sentence(shots, expected):
    assert numbered(shots) == expected
