from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from brender_farm.db.core import writing
from brender_farm.db.models import Shot, Show
from brender_farm.service.shapes.shots import Page
from brender_farm.service.shots import list_shots, submitters


@pytest.fixture
def various(farm):
    """Return a farm with four shots that differ in all that a list is filtered by."""
    for number, (who, priority) in enumerate(
        [("mira", 30), ("tom", 50), ("mira", 70), ("ada", 90)]
    ):
        shot_id = farm.submit(name=f"Shot {number}").shot.id
        with writing() as session:
            shot = session.get_one(Shot, shot_id)
            shot.submitter, shot.priority = who, priority
            shot.created_at = datetime(2026, 3, 1 + number, 12, tzinfo=UTC)
    with writing() as session:
        show = Show(name="Aurora", root="/x", created_at=datetime.now(UTC))
        session.add(show)
        session.flush()
        session.get_one(Shot, 1).show_id = session.get_one(Shot, 2).show_id = show.id
    farm.act(1, "pause")
    farm.act(2, "cancel")
    return farm


def found(**wanted) -> list[str]:
    return [row.name[-1] for row in list_shots(Page(sort="id", **wanted)).rows]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param({}, "0123", id="all"),
        pytest.param({"state": "paused"}, "0", id="a-state"),
        pytest.param({"state": "paused,cancelled"}, "01", id="states"),
        pytest.param({"show_id": 1}, "01", id="a-show"),
        pytest.param({"show_id": 0}, "23", id="no-show"),
        pytest.param({"show_id": 9}, "", id="unknown-show"),
        pytest.param({"show_id": 10**30}, "", id="endless-show"),
        pytest.param({"submitter": "mira"}, "02", id="a-submitter"),
        pytest.param({"submitter": "mir"}, "", id="part-of-a-submitter"),
        pytest.param({"min_priority": 50}, "123", id="at-least"),
        pytest.param({"max_priority": 50}, "01", id="at-most"),
        pytest.param({"min_priority": 50, "max_priority": 70}, "12", id="a-range"),
        pytest.param({"since": date(2026, 3, 2)}, "123", id="since"),
        pytest.param({"until": date(2026, 3, 2)}, "01", id="until"),
        pytest.param({"since": date(2026, 3, 2), "until": date(2026, 3, 3)}, "12", id="days"),
        pytest.param({"since": date.min, "until": date.max}, "0123", id="any-days"),
        pytest.param({"archived": "only"}, "", id="archived"),
        pytest.param({"show_id": 1, "state": "paused", "submitter": "tom"}, "", id="together"),
    ],
)
def test_a_list_shows_what_matches(various, wanted, expected):
    assert found(**wanted) == list(expected)


def test_counts_are_of_what_matches_whatever_states_are_chosen(various):
    list_ = list_shots(Page(show_id=1, state="paused"))
    assert (list_.total, list_.counts["paused"], list_.counts["cancelled"]) == (1, 1, 1)
    assert sum(list_.counts.values()) == 2


def test_a_row_names_its_show(various):
    rows = {row.name: row for row in list_shots(Page()).rows}
    assert (rows["Shot 0"].show_id, rows["Shot 0"].show) == (1, "Aurora")
    assert (rows["Shot 3"].show_id, rows["Shot 3"].show) == (None, "")


def test_everybody_who_submitted_is_named_once(various):
    assert submitters() == ("ada", "mira", "tom")


def test_a_day_is_one_of_the_farms_own_clock(farm):
    shot_id = farm.submit().shot.id
    with writing() as session:
        session.get_one(Shot, shot_id).created_at = datetime.now(UTC)
    today = datetime.now().astimezone().date()
    assert found(since=today, until=today)
    assert not found(since=today + timedelta(days=1))
