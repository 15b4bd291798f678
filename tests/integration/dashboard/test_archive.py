from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.integration.dashboard.test_shots_page import names


@pytest.fixture
def completed(farm) -> int:
    return farm.add_shot("lantern", done=10, state="completed")


def test_a_finished_shot_is_archived_on_its_page_and_found_again(farm, completed):
    farm.add_shot("fog")
    assert f'action="/shots/{completed}/archive"' in farm.text(f"/shots/{completed}")
    farm.post(f"/shots/{completed}/archive")
    assert "is archived: it is out of the list" in farm.text(f"/shots/{completed}")
    text = farm.text("/shots")
    assert names(text) == ["fog"]
    assert 'href="/shots?archived=only"' in text
    assert names(farm.text("/shots?archived=only")) == ["lantern"]
    assert len(names(farm.text("/shots?archived=all"))) == 2
    farm.post(f"/shots/{completed}/unarchive")
    assert len(names(farm.text("/shots"))) == 2


def test_a_list_whose_shots_are_all_archived_says_where_they_are(farm, completed):
    farm.post(f"/shots/{completed}/archive")
    text = farm.text("/shots")
    assert "All 1 are archived." in text
    assert "Submit the first shot" not in text


def test_what_goes_on_is_not_archived(farm):
    shot_id = farm.add_shot()
    assert "/archive" not in farm.text(f"/shots/{shot_id}")
    assert farm.post(f"/shots/{shot_id}/archive").status_code == 409


def test_an_archived_shot_needs_nobody_any_more(farm):
    shot_id = farm.add_shot("broken", state="failed", failed_count=1, finished_at=datetime.now(UTC))
    page = f'href="/shots/{shot_id}"'
    assert page in farm.text("/")
    farm.post(f"/shots/{shot_id}/archive")
    text = farm.text("/")
    assert page not in text
    assert "Nothing has been submitted yet" not in text


def test_the_api_archives(farm, completed):
    url = f"/api/v1/shots/{completed}"
    row = farm.client.post(f"{url}/archive", json={}).json
    assert row["archived"] is True
    assert "unarchive" in row["offers"]
    assert farm.get("/api/v1/shots").json["archived_count"] == 1
    assert farm.get("/api/v1/shots").json["total"] == 0
    assert farm.get("/api/v1/shots?archived=only").json["total"] == 1
    assert farm.client.post(f"{url}/unarchive", json={}).json["archived"] is False
    assert farm.client.post("/api/v1/shots/99/archive", json={}).status_code == 404
