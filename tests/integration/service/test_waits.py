from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from brender_farm.errors import Fault
from brender_farm.service.waits import read_after, read_not_before

EVENING = datetime(2030, 6, 1, 20, 0)  # noqa: DTZ001 - the farm's local time
NOON = datetime(2030, 6, 1, 12, 0).astimezone()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, None, id="none"),
        pytest.param("  ", None, id="blank"),
        pytest.param("2030-06-01 20:00", EVENING, id="local"),
        pytest.param("2030-06-01T20:00+00:00", EVENING.replace(tzinfo=UTC), id="with-a-zone"),
        pytest.param(EVENING, EVENING, id="a-datetime-without-a-zone"),
        pytest.param(
            EVENING.replace(tzinfo=timezone(timedelta(hours=2))),
            EVENING.replace(tzinfo=timezone(timedelta(hours=2))),
            id="a-datetime-with-a-zone",
        ),
        pytest.param("20:00", EVENING, id="this-evening"),
        pytest.param("8:30", datetime(2030, 6, 2, 8, 30), id="tomorrow-morning"),  # noqa: DTZ001
        pytest.param("12:00", EVENING.replace(hour=12) + timedelta(days=1), id="now-is-over"),
    ],
)
def test_a_start_time_is_read(value, expected):
    found = read_not_before(value, now=NOON)
    assert found == (None if expected is None else expected.astimezone(UTC))


@pytest.mark.parametrize(
    "value", ["soon", "25:00", "20:61", "2030-13-01", "٢٠:٠٠", "0001-01-01 00:00+23:00"]
)
def test_what_is_no_time_is_a_fault(value):
    found = read_not_before(value, now=NOON)
    assert isinstance(found, Fault)
    assert "Write it like 20:00 or 2026-12-01 20:00." in str(found)


@pytest.mark.parametrize("shots", ["x", "1,y", "-1", "0", "1.5", "9" * 30, list(range(1, 102))])
def test_what_are_no_numbers_of_shots_is_a_fault(shots):
    found = read_after(shots, "after")
    assert isinstance(found, Fault)
    assert "are not numbers of shots" in found.message


def test_numbers_of_shots_are_read_in_order_and_once(farm):
    for _ in range(2):
        farm.submit()
    assert read_after(" 2, #1 2", "after") == (2, 1)
    assert read_after([2, 1], "after") == (2, 1)
    assert read_after(None, "after") == ()
    assert isinstance(read_after("2 1 77", "after"), Fault)
