from __future__ import annotations

import pytest

from brender_farm.domain.time_left import TimeLeft, queue_words


@pytest.mark.parametrize(
    ("low_s", "s", "high_s", "words"),
    [
        pytest.param(0.1, 0.3, 0.6, "about 1 s", id="next-to-nothing"),
        pytest.param(7, 8, 11, "about 8 s (7–11)", id="seconds"),
        pytest.param(33, 42, 61, "about 40 s (35–60)", id="seconds-in-fives"),
        pytest.param(110, 140, 200, "about 2.5 min (2–3.5)", id="halves-of-minutes"),
        pytest.param(600, 720, 900, "about 12 min (10–15)", id="minutes"),
        pytest.param(715, 720, 730, "about 12 min", id="a-spread-too-small-to-tell"),
        pytest.param(3600, 10_800, 16_000, "about 3 h (1–4.5)", id="hours"),
        pytest.param(90_000, 200_000, 400_000, "about 2.5 d (1–4.5)", id="days"),
    ],
)
def test_a_time_left_is_written_no_finer_than_is_worth_knowing(low_s, s, high_s, words):
    assert str(TimeLeft(s=s, low_s=low_s, high_s=high_s)) == words


@pytest.mark.parametrize(
    ("untold", "words"),
    [
        pytest.param(0, "All of it done in about 12 min (10–15).", id="all"),
        pytest.param(1, "All but 1 shot done in about 12 min (10–15).", id="but-one"),
        pytest.param(2, "All but 2 shots done in about 12 min (10–15).", id="but-two"),
    ],
)
def test_what_is_said_of_the_queue_leaves_out_what_cannot_be_told(untold, words):
    assert queue_words(TimeLeft(s=720, low_s=600, high_s=900), untold) == words
