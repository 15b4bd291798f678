"""A changed .blend, adopted from the page and by the API."""

import shutil

import pytest

from tests.integration.dashboard.conftest import DATA


@pytest.fixture
def changed(farm):
    """Return a shot, two of ten frames done, whose .blend a node found to be another."""
    farm.blend()
    shot_id = farm.add_shot(
        done=2, state="paused", blend_digest="0" * 40, blend_changed=True, reason="It has changed."
    )
    shutil.copy(DATA / "tiny_workbench.blend", farm.root / "tiny.blend")
    return shot_id


def test_the_offers_name_what_becomes_of_the_frames(farm, changed):
    with farm.app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        from flask import render_template_string

        from brender_farm.service.shots import get_shot

        text = render_template_string(
            "{% import 'macros/parts.html' as parts with context %}"
            "{% include 'shot/_blend_changed.html' %}",
            shot=get_shot(changed).row,
        )
    assert "8 frames that are not finished" in text
    assert "2 finished frames stay as they are" in text
    assert "Render all 10 frames again" in text
    assert text.count(f'action="/shots/{changed}/adopt"') == 2


def test_the_page_adopts_the_new_file_for_the_rest(farm, changed):
    response = farm.post(f"/shots/{changed}/adopt", scope="rest")
    assert response.location == f"/shots/{changed}"
    text = farm.text(response.location)
    assert "renders the changed .blend; it is now queued" in text
    shot = farm.get(f"/api/v1/shots/{changed}").json
    assert (shot["blend_changed"], shot["done_count"], shot["state"]) == (False, 2, "queued")


def test_the_page_renders_all_again(farm, changed):
    farm.post(f"/shots/{changed}/adopt", scope="all")
    shot = farm.get(f"/api/v1/shots/{changed}").json
    assert (shot["done_count"], shot["pending_count"]) == (0, 10)


def test_the_page_says_what_is_wrong_with_the_new_file(farm, changed):
    shutil.copy(DATA / "two_scenes.blend", farm.root / "tiny.blend")
    farm.blend = lambda name="tiny.blend": farm.root / name  # what is there stays
    farm.post(f"/shots/{changed}/adopt", scope="rest")
    text = farm.text(f"/shots/{changed}")
    assert "The file has no scene &#39;Scene&#39;. Choose one of: " in text
    assert farm.get(f"/api/v1/shots/{changed}").json["blend_changed"]


def test_a_form_from_another_site_adopts_nothing(farm, changed):
    assert farm.client.post(f"/shots/{changed}/adopt", data={"scope": "all"}).status_code == 400
    assert farm.get(f"/api/v1/shots/{changed}").json["done_count"] == 2


def test_the_api_adopts(farm, changed):
    response = farm.client.post(f"/api/v1/shots/{changed}/adopt", json={"scope": "rest"})
    assert response.status_code == 200
    assert (response.json["state"], response.json["done_count"]) == ("queued", 2)


@pytest.mark.parametrize("body", [{}, {"scope": "some"}, {"scope": None}, {"scope": 1}])
def test_the_api_refuses_an_unknown_scope(farm, changed, body):
    response = farm.client.post(f"/api/v1/shots/{changed}/adopt", json=body)
    assert response.status_code == 422
    assert response.json["faults"][0]["field"] == "scope"


def test_the_api_refuses_a_file_that_has_not_changed(farm, changed):
    farm.client.post(f"/api/v1/shots/{changed}/adopt", json={"scope": "rest"})
    response = farm.client.post(f"/api/v1/shots/{changed}/adopt", json={"scope": "rest"})
    assert response.status_code == 409
    assert "has not changed" in response.json["detail"]
    assert response.json["allowed"] == ["pause", "cancel"]


def test_the_api_knows_no_such_shot(farm):
    assert farm.client.post("/api/v1/shots/99/adopt", json={"scope": "all"}).status_code == 404


def test_the_api_takes_a_snapshot_and_limits(farm):
    blend = farm.blend()
    asked = {"blend": str(blend), "snapshot": True, "frame_limit_s": 30, "memory_limit_gb": 0.5}
    response = farm.client.post("/api/v1/shots", json=asked)
    assert response.status_code == 201
    shot = farm.get(f"/api/v1/shots/{response.json['shot']['id']}").json
    assert (shot["frame_limit_s"], shot["memory_limit_bytes"]) == (30, 500_000_000)
    assert shot["source_blend"] == str(blend)


@pytest.mark.parametrize(
    ("name", "value"),
    [("frame_limit_s", 0), ("memory_limit_gb", 1e9), ("frame_limit_s", "x"), ("snapshot", "so")],
)
def test_the_api_names_the_limit_that_cannot_be_used(farm, name, value):
    response = farm.client.post("/api/v1/shots", json={"blend": str(farm.blend()), name: value})
    assert response.status_code == 422
    assert [fault["field"] for fault in response.json["faults"]] == [name]
