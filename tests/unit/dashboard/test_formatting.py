from datetime import UTC, datetime, timedelta

import pytest

from dashboard import formatting

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (-1, "–"),
        (0.4239, "0.42 s"),
        (8.34, "8.3 s"),
        (59.96, "1 min 00 s"),
        (125, "2 min 05 s"),
        (12_000, "3 h 20 min"),
        (200_000, "2 d 07 h"),
    ],
)
def test_a_duration_is_written_in_its_two_largest_units(seconds, text):
    assert formatting.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (39.6, "40 s"), (305, "5 min 05 s"), (2_940, "49 min"), (12_000, "3 h 20 min")],
)
def test_an_estimate_is_no_finer_than_worth_knowing(seconds, text):
    assert formatting.rough_duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "–"),
        (812, "812 B"),
        (4_230_000, "4.2 MB"),
        (999_600, "1.0 MB"),
        (128 * 10**9, "128 GB"),
        (1_300 * 10**9, "1.3 TB"),
    ],
)
def test_a_size_is_written_in_powers_of_1000(count, text):
    assert formatting.size(count) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "–"), (0, "0 %"), (0.001, "<1 %"), (0.999, "99 %"), (1, "100 %")],
)
def test_0_and_100_percent_are_only_said_when_they_are_true(share, text):
    assert formatting.percent(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2, "just now"), (12, "12 s ago"), (61, "1 min ago"), (7_300, "2 h ago"), (90_000, "1 d ago")],
)
def test_a_past_moment_is_written_as_its_distance(seconds, text):
    assert formatting.ago(NOW - timedelta(seconds=seconds), NOW) == text


def test_a_moment_that_is_not_known_is_a_dash():
    assert formatting.ago(None) == "–"
    assert formatting.plain_time(None) == "–"
    assert formatting.iso(None) == ""


def test_how_long_something_goes_on_is_written_without_ago():
    assert formatting.since(NOW - timedelta(seconds=90), NOW) == "1 min"
    assert formatting.since(NOW, NOW) == "0 s"


def test_times_for_machines_are_utc():
    assert formatting.iso(NOW) == "2026-03-01T12:00:00Z"


def test_thousands_are_set_apart_and_nouns_agree_with_their_number():
    assert formatting.plural(1, "frame") == "1 frame"
    assert formatting.plural(1_200, "frame") == "1\N{NARROW NO-BREAK SPACE}200 frames"
