from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.picture_size import scaled, unscaled


@pytest.mark.parametrize(
    ("pixels", "percentage", "finished"),
    [
        (1920, 100, 1920),
        (1920, 50, 960),
        (1080, 33, 356),
        (90, 25, 22),
        (3, 10, 1),
        (100, 150, 150),
    ],
)
def test_blender_cuts_the_fraction_off(pixels, percentage, finished):
    assert scaled(pixels, percentage) == finished


@given(st.integers(4, 65_536), st.integers(1, 1000))
def test_a_finished_size_can_be_met_exactly(pixels, percentage):
    finished = scaled(pixels, percentage)
    assert scaled(unscaled(finished, percentage), percentage) == finished


@given(st.integers(4, 65_536), st.integers(100, 1000))
def test_over_a_hundred_percent_the_resolution_is_found_again(pixels, percentage):
    assert unscaled(scaled(pixels, percentage), percentage) == pixels


@given(st.integers(4, 65_536), st.integers(1, 99))
def test_below_it_the_resolution_is_never_larger_than_it_was(pixels, percentage):
    finished = pixels * percentage // 100
    assert finished <= unscaled(finished, percentage) <= pixels
