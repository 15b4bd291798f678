"""Hours against a brute force that looks at every minute of the week."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.hours import ALWAYS, EXAMPLE, read_hours

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK_MIN = 7 * 24 * 60


@st.composite
def windows(draw):
    days = draw(
        st.one_of(
            st.just("daily"),
            st.sampled_from(DAYS),
            st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map("-".join),
        )
    )
    clock = st.integers(0, 23 * 60 + 59).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
    ends = st.one_of(clock, st.just("24:00"))
    return days + draw(
        st.one_of(st.just(""), st.tuples(clock, ends).map(lambda t: f" {'-'.join(t)}"))
    )


texts = st.lists(windows(), min_size=1, max_size=4).map(", ".join)


def slow_minutes(text: str) -> set[int]:
    """Return the open minutes of the week, from Monday's midnight, found one by one."""
    found = set()
    for part in text.split(", "):
        days, _, times = part.partition(" ")
        first, _, last = days.partition("-")
        names = [*DAYS, *DAYS] if days != "daily" else [*DAYS]
        start = names.index(first) if days != "daily" else 0
        count = names[start:].index(last or first) + 1 if days != "daily" else 7
        begin, _, end = (times or "00:00-24:00").partition("-")
        from_min, to_min = (int(t[:2]) * 60 + int(t[3:]) for t in (begin, end))
        length = to_min - from_min if to_min > from_min else to_min - from_min + 24 * 60
        for day in range(start, start + count):
            found |= {(day * 24 * 60 + from_min + n) % WEEK_MIN for n in range(length)}
    return found


@given(texts, st.integers(0, WEEK_MIN - 1), st.integers(0, 59))
def test_hours_are_open_in_the_minutes_that_their_windows_have(text, minute, second):
    moment = MONDAY + timedelta(minutes=minute, seconds=second)
    assert read_hours(text).is_open(moment) == (minute in slow_minutes(text))


@given(texts, st.integers(0, WEEK_MIN - 1), st.integers(0, 59))
def test_the_next_change_is_the_first_minute_that_differs(text, minute, second):
    hours, minutes = read_hours(text), slow_minutes(text)
    moment = MONDAY + timedelta(minutes=minute, seconds=second)
    later = (
        n
        for n in range(minute + 1, minute + WEEK_MIN)
        if (n % WEEK_MIN in minutes) != (minute in minutes)
    )
    first = next(later, None)
    expected = None if first is None else MONDAY + timedelta(minutes=first)
    assert hours.next_change(moment) == expected


@given(texts)
def test_what_hours_say_of_themselves_is_read_the_same(text):
    hours = read_hours(text)
    assert read_hours(str(hours)) == hours
    assert str(read_hours(str(hours))) == str(hours)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (EXAMPLE, EXAMPLE),
        ("Mon - Fri 19:00 – 8:00; SAT-SUN", "mon-fri 19:00-08:00, sat-sun"),
        ("monday-friday 9:00-17:30", "mon-fri 09:00-17:30"),
        ("fri-mon", "fri-mon"),
        ("20:00-06:00", "daily 20:00-06:00"),
        ("daily 20:00-06:00, daily 20:00-06:00", "daily 20:00-06:00"),
        ("wed 00:00-24:00", "wed"),
        ("wed 00:00-00:00", "wed"),
        ("thu 18:00-24:00", "thu 18:00-24:00"),
        ("thu 18:00-00:00", "thu 18:00-24:00"),
        ("thu-wed 18:00-19:00", "daily 18:00-19:00"),
        ("", ALWAYS),
        (" Always ", ALWAYS),
        ("daily", ALWAYS),
        ("mon-thu, fri-sun", ALWAYS),
        ("daily 06:00-20:00, daily 20:00-06:00", ALWAYS),
    ],
)
def test_hours_are_written_in_one_way(text, expected):
    assert str(read_hours(text)) == expected


def test_a_window_runs_into_the_next_day_and_the_next_week():
    hours = read_hours("sun 22:00-02:00")
    assert hours.is_open(MONDAY + timedelta(hours=1, minutes=59))
    assert not hours.is_open(MONDAY + timedelta(hours=2))
    assert hours.next_change(MONDAY) == MONDAY + timedelta(hours=2)
    assert hours.next_change(MONDAY + timedelta(hours=2)) == MONDAY + timedelta(days=6, hours=22)


def test_hours_that_are_always_open_never_change():
    assert read_hours("").is_open(MONDAY)
    assert read_hours("").next_change(MONDAY) is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("mo-fri", "“mo” is not a day"),
        ("mon-", "“” is not a day"),
        ("mon 19:00", "“19:00” has no end"),
        ("mon 25:00-26:00", "“25:00” is not a time of day"),
        ("mon 19:60-20:00", "“19:60” is not a time of day"),
        ("mon 19-20", "“19” is not a time of day"),
        ("mon 24:00-06:00", "begins at 24:00"),
        ("mon 09:00 17:00", "is not a window of the week"),
        ("never", "“never” is not a day"),
        (", ".join(f"mon 01:00-02:{n:02}" for n in range(51)), "Give up to 50 windows"),
    ],
)
def test_what_is_no_window_is_refused_in_words(text, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        read_hours(text)


ROME = ZoneInfo("Europe/Rome")


def test_windows_are_in_wall_clock_time_when_clocks_change():
    hours = read_hours("sun 08:00-20:00")
    saturday = datetime(2026, 10, 24, 12, tzinfo=ROME)  # clocks go back that night
    opens = hours.next_change(saturday)
    assert opens == datetime(2026, 10, 25, 8, tzinfo=ROME)
    assert opens.utcoffset() != saturday.utcoffset()


@pytest.mark.parametrize("day", [datetime(2026, 3, 29), datetime(2026, 10, 25)])  # noqa: DTZ001
def test_the_next_change_is_never_in_the_past_when_clocks_change(day):
    hours = read_hours("daily 02:30-02:45")
    moment = day.replace(tzinfo=ROME).astimezone(UTC)
    for _ in range(24 * 60):
        moment += timedelta(minutes=1)
        assert hours.next_change(moment.astimezone(ROME)).astimezone(UTC) > moment
