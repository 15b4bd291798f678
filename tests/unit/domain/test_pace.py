from __future__ import annotations

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.pace import learnt_speed, spread


def test_a_node_that_takes_half_the_time_is_found_to_be_twice_as_fast():
    dice, speed = random.Random(1), 1.0
    for _ in range(60):
        speed = learnt_speed(speed, usual_s=10, seconds=5 * dice.uniform(0.9, 1.1))
    assert speed == pytest.approx(2, rel=0.1)


def test_one_odd_frame_changes_little():
    assert learnt_speed(1.0, usual_s=10, seconds=100) > 0.7


@given(st.floats(0.05, 20), st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_speed_stays_within_its_bounds(speed, usual_s, seconds):
    assert 0.05 <= learnt_speed(speed, usual_s=usual_s, seconds=seconds) <= 20


@given(st.lists(st.floats(0.01, 1000), min_size=2, max_size=50))
def test_the_spread_is_the_standard_deviation(values):
    found = spread(count=len(values), total=sum(values), squares=sum(v * v for v in values))
    assert found == pytest.approx(statistics.stdev(values), abs=1e-3 * max(values))


def test_one_frame_has_no_spread():
    assert spread(count=1, total=3, squares=9) is None
