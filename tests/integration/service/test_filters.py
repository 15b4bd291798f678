from __future__ import annotations

import pytest

from brender_farm.errors import NotFound, RequestRefused
from brender_farm.service.filters import MAX_FILTERS, delete_filter, list_filters, save_filter


def test_a_filter_is_kept_by_its_owner_under_a_name(farm):
    save_filter("Trouble", "state=failed", owner="mira")
    save_filter("archive", "archived=only", owner="mira")
    save_filter("Trouble", "state=paused", owner="tom")
    assert [(kept.name, kept.query) for kept in list_filters("mira")] == [
        ("archive", "archived=only"),
        ("Trouble", "state=failed"),
    ]
    assert [kept.query for kept in list_filters("tom")] == ["state=paused"]


def test_the_same_name_replaces(farm):
    first = save_filter("Trouble", "state=failed", owner="mira")
    assert save_filter(" Trouble ", "state=paused", owner="mira").id == first.id
    assert [kept.query for kept in list_filters("mira")] == ["state=paused"]


def test_a_filter_is_deleted_by_its_owner_only(farm):
    kept = save_filter("Trouble", "state=failed", owner="mira")
    with pytest.raises(NotFound):
        delete_filter(kept.id, owner="tom")
    assert delete_filter(kept.id, owner="mira").name == "Trouble"
    assert list_filters("mira") == ()


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        ("", "state=failed", "name"),
        ("x" * 61, "state=failed", "name"),
        ("line\nbreak", "state=failed", "name"),
        ("nul \0", "state=failed", "name"),
        ("Trouble", "", "query"),
        ("Trouble", "x" * 2001, "query"),
    ],
)
def test_what_cannot_be_kept_is_refused(farm, name, query, field):
    with pytest.raises(RequestRefused) as refusal:
        save_filter(name, query, owner="mira")
    assert [fault.field for fault in refusal.value.faults] == [field]


def test_nobody_keeps_more_than_enough(farm):
    for number in range(MAX_FILTERS):
        save_filter(f"F{number}", "state=failed", owner="mira")
    with pytest.raises(RequestRefused, match="Delete one"):
        save_filter("One more", "state=failed", owner="mira")
    save_filter("F1", "state=paused", owner="mira")
