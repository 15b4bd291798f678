from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from brender_farm.db.models import Show
from tests.integration.dashboard.test_shots_page import names


@pytest.fixture
def show_id(farm) -> int:
    with farm.writing() as session:
        show = Show(name="Aurora & co", root="/x", created_at=datetime.now(UTC))
        session.add(show)
        session.flush()
        return show.id


def test_the_address_says_what_is_shown(farm, show_id):
    farm.add_shot("fog", show_id=show_id, submitter="tom", priority=80)
    farm.add_shot("mill", state="paused", submitter="tom")
    farm.add_shot("lantern", state="failed", created_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    for query, expected in (
        (f"show={show_id}", ["fog"]),
        ("show=0&sort=name", ["lantern", "mill"]),
        ("submitter=tom&sort=name", ["fog", "mill"]),
        ("min_priority=60", ["fog"]),
        ("state=paused&state=failed&sort=name", ["lantern", "mill"]),
        ("since=2026-02-28&until=2026-03-02", ["lantern"]),
        ("since=nonsense&min_priority=x&show=-1&sort=name", ["fog", "lantern", "mill"]),
    ):
        assert names(farm.text(f"/shots?{query}")) == expected, query


def test_what_it_is_filtered_by_is_shown_and_can_be_taken_away(farm, show_id):
    farm.add_shot("fog", show_id=show_id)
    text = farm.text(f"/shots?show={show_id}&min_priority=10&sort=name")
    assert "of Aurora &amp; co" in text
    assert 'href="/shots?min_priority=10&amp;sort=name"' in text
    assert "priority 10 or more" in text
    assert "Clear all" in text
    assert "Clear all" not in farm.text("/shots")


def test_the_filter_form_is_filled_in_with_what_is_shown(farm, show_id):
    farm.add_shot("fog", submitter="tom")
    text = farm.text(f"/shots?show={show_id}&submitter=tom&since=2026-03-01&archived=all")
    assert f'<option value="{show_id}" selected>Aurora &amp; co</option>' in text
    assert '<option value="all" selected>' in text
    assert 'name="since" value="2026-03-01"' in text
    assert '<option value="tom"></option>' in text


def test_counts_beside_the_states_are_of_what_the_filter_shows(farm):
    farm.add_shot("fog", submitter="tom")
    farm.add_shot("mill", submitter="ada", state="paused")
    text = re.sub(r"<svg.*?</svg>", "", farm.text("/shots?submitter=tom"), flags=re.DOTALL)
    assert ">All <b>1</b>" in text
    assert "Paused <b>" not in text


def test_a_row_names_its_show(farm, show_id):
    farm.add_shot("fog", show_id=show_id)
    assert f'href="/shots?show={show_id}"' in farm.text("/shots")


def test_a_filter_is_kept_under_a_name_and_deleted(farm):
    farm.add_shot("fog")
    answer = farm.post("/filters", name="Trouble", query="state=failed&page=3&nonsense=1")
    assert answer.location == "/shots?state=failed"
    text = farm.text("/shots?state=failed")
    assert "The filter “Trouble” is kept." in text
    kept = re.search(r'action="/filters/(\d+)/delete"', text)[1]
    assert 'href="/shots?state=failed" aria-current="true"' in text
    assert "/delete" not in farm.text("/shots"), "only the one that is shown can be deleted"
    farm.post(f"/filters/{kept}/delete")
    assert "is deleted. No shot is." in farm.text("/shots")
    assert farm.get("/api/v1/filters").json["filters"] == []


def test_a_filter_without_a_name_or_content_is_refused_in_words(farm):
    farm.post("/filters", name=" ", query="state=failed")
    assert "Give it a name" in farm.text("/shots")
    farm.post("/filters", name="All", query="")
    assert "There is nothing to keep." in farm.text("/shots")
    farm.post("/filters/99/delete")
    assert "You have no filter 99." in farm.text("/shots")


def test_names_of_filters_are_shown_as_they_are_written(farm):
    farm.add_shot()
    farm.post("/filters", name='<i>"x"', query="search=%22><script>alert(1)</script>")
    text = farm.text("/shots")
    assert "&lt;i&gt;" in text
    assert "<script>alert" not in text


def test_the_api_keeps_filters(farm):
    made = farm.client.put("/api/v1/filters/My trouble", json={"query": "?state=failed,paused"})
    assert (made.status_code, made.json["query"]) == (200, "state=paused%2Cfailed")
    (kept,) = farm.get("/api/v1/filters").json["filters"]
    assert kept == made.json
    assert farm.client.put("/api/v1/filters/x", json={"query": "page=3"}).status_code == 422
    assert farm.client.delete(f"/api/v1/filters/{kept['id']}").status_code == 204
    assert farm.client.delete(f"/api/v1/filters/{kept['id']}").status_code == 404


def test_the_api_lists_what_matches(farm, show_id):
    farm.add_shot("fog", show_id=show_id)
    farm.add_shot("mill", state="failed")
    found = farm.get(f"/api/v1/shots?show={show_id}").json
    assert [shot["name"] for shot in found["shots"]] == ["fog"]
    assert found["shots"][0]["show"] == "Aurora & co"
    assert farm.get("/api/v1/shots?state=failed,paused").json["total"] == 1
    for wrong in ("since=soon", "min_priority=200", "archived=maybe", "show=x"):
        assert farm.get(f"/api/v1/shots?{wrong}").status_code == 422, wrong
