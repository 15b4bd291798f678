from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from brender_farm.domain.local_time import local_time
from brender_farm.domain.shot_filter import ShotFilter, day_begins, day_is_over


def test_a_filter_names_states_once_each():
    assert ShotFilter(state="failed,paused,failed,").states == ("failed", "paused")
    assert len(ShotFilter(state=",".join(map(str, range(10_000)))).states) < 100


def test_only_an_empty_filter_is_open():
    assert ShotFilter().is_open
    assert not ShotFilter(show_id=0).is_open
    assert not ShotFilter(archived="all").is_open


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2024, 2, 29)])
def test_a_day_is_from_midnight_to_midnight_by_this_machines_clock(day):
    begin, end = day_begins(day), day_is_over(day)
    assert local_time(begin).date() == day
    assert local_time(begin - timedelta(seconds=1)).date() < day
    assert local_time(end - timedelta(seconds=1)).date() == day
    assert local_time(end).date() > day


@pytest.mark.parametrize("day", [date.min, date.max], ids=str)
def test_any_day_may_be_asked_for(day):
    begin, end = day_begins(day), day_is_over(day)
    assert begin.tzinfo is UTC
    assert end is None or end < datetime.now(UTC)
