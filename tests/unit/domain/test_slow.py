from __future__ import annotations

import pytest

from brender_farm.domain.slow import is_slow, usual_beside, usual_s


@pytest.mark.parametrize(
    ("seconds", "usual", "slow"),
    [(100.0, 20.0, True), (59.0, 20.0, False), (9.0, 0.5, False), (11.0, 0.5, True)],
    ids=["five times", "less than thrice", "a few seconds only", "ten seconds more"],
)
def test_a_frame_is_slow_when_it_takes_many_times_as_long_and_that_matters(seconds, usual, slow):
    assert is_slow(seconds, usual, 3.0) is slow


def test_what_is_usual_is_the_mean_of_the_shot_on_that_node():
    assert usual_s(work_seconds=40.0, measured_count=4, speed=2.0) == 5.0


def test_too_few_frames_say_nothing_about_what_is_usual():
    assert usual_s(work_seconds=4.0, measured_count=2, speed=1.0) is None
    assert usual_beside([1.0, 2.0], 1.0) is None


def test_neighbours_are_told_by_their_median():
    assert usual_beside([2.0, 2.0, 2.0, 90.0], 0.5) == 4.0
