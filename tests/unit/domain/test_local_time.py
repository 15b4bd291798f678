from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.domain.hours import read_hours
from brender_farm.domain.local_time import local_time

SUMMER = datetime(2026, 10, 24, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_rome(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Rome")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_time_is_shown_as_this_machines_clock_does():
    assert f"{local_time(SUMMER):%a %H:%M %Z}" == "Sat 12:00 CEST"
    assert f"{local_time(SUMMER + timedelta(days=1)):%a %H:%M %Z}" == "Sun 11:00 CET"


def test_what_is_reckoned_from_it_follows_the_clocks():
    opens = read_hours("sun 08:00-20:00").next_change(local_time(SUMMER))
    assert opens.astimezone(UTC) == datetime(2026, 10, 25, 7, tzinfo=UTC)


@pytest.mark.parametrize("hour", range(5))
def test_every_moment_of_the_night_comes_back_as_itself(hour):
    moment = datetime(2026, 10, 24, 22 + hour // 3, 30, tzinfo=UTC) + timedelta(hours=hour)
    assert local_time(moment).astimezone(UTC) == moment
