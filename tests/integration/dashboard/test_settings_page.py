from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from brender_farm.db.models import FarmSetting, Show


def values(farm) -> dict:
    return {each["name"]: each["value"] for each in farm.get("/api/v1/settings").json["settings"]}


def form(**changes) -> dict[str, str]:
    """Return the page's form, as it is sent with every setting at its default."""
    usual = {"films": "yes", "slow_factor": "3", "archive_after_days": "0", "active_show": "0"}
    return {name: text for name, text in (usual | changes).items() if text is not None}


def test_settings_are_changed_on_the_page_and_the_change_is_an_event(farm):
    text = farm.text("/settings")
    assert "Preview films" in text
    assert 'name="slow_factor"' in text

    farm.post("/settings", **form(films=None, slow_factor="4.5"))

    assert values(farm)["films"] is False
    assert values(farm)["slow_factor"] == 4.5
    assert "Changed: Preview films, A frame is slow when it takes." in farm.text("/settings")
    assert "on → off" in farm.text("/events?subject=setting")


def test_sending_what_is_there_changes_nothing(farm):
    farm.post("/settings", **form())
    assert "Nothing was changed." in farm.text("/settings")
    with farm.writing() as session:
        assert session.query(FarmSetting).count() == 0


def test_what_cannot_be_is_refused_as_a_whole_and_stands_there_again(farm):
    response = farm.post("/settings", **form(films=None, slow_factor="1"))
    assert response.status_code == 422
    assert "is not possible" in response.text
    assert 'value="1"' in response.text
    assert values(farm)["films"] is True


def test_the_active_show_is_one_that_there_is(farm):
    with farm.writing() as session:
        session.add(Show(name="Heron & Co", root=str(farm.root), created_at=datetime.now(UTC)))
    text = farm.text("/settings")
    assert "Heron &amp; Co" in text
    farm.post("/settings", **form(active_show="1"))
    assert values(farm)["active_show"] == 1
    refused = farm.client.patch("/api/v1/settings", json={"active_show": 99})
    assert refused.status_code == 422
    assert "no show 99" in refused.text


def test_the_environments_settings_are_shown_with_their_meaning_and_without_passwords(
    farm, monkeypatch
):
    url = "redis://:s3cret-word@farm:6379/0"
    farm.app.extensions["brender_settings"] = replace(farm.settings, broker_url=url)
    monkeypatch.setenv("BRENDER_SLOTS", "4")
    monkeypatch.setenv("BRENDER_SLOT", "4")
    text = farm.text("/settings")
    assert "BRENDER_BROKER_URL" in text
    assert "redis://:***@farm:6379/0" in text
    assert "s3cret-word" not in text
    assert "How many chunks this node renders at a time" in text
    slips = text.split("Set, but no setting of Brender:</strong>")[1].split("<")[0]
    assert "BRENDER_SLOT" in slips
    assert "BRENDER_SLOTS" not in slips


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"slow_factor": 5, "films": False}, 200),
        ({"slow_factor": "5"}, 200),
        ({"slow_factor": 0}, 422),
        ({"slow_factor": [1]}, 422),
        ({"speed": 1}, 404),
    ],
)
def test_the_api_changes_settings_by_name(farm, changes, status):
    response = farm.client.patch("/api/v1/settings", json=changes)
    assert response.status_code == status, response.text
    assert (values(farm)["slow_factor"] == 5) == (status == 200)
