"""Checking the farm from the Status page and by the API."""

from __future__ import annotations

import pytest

from brender_farm.domain.roles import Role
from brender_farm.service import doctor_nodes, doctor_parts
from tests.waiting import wait_for


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(doctor_nodes, "ACK_LIMIT_S", 0.3)
    monkeypatch.setattr(doctor_parts, "PING_LIMIT_S", 0.3)
    monkeypatch.setattr(doctor_parts, "WEB_LIMIT_S", 0.5)


def last(farm):
    response = farm.get("/api/v1/doctor")
    assert response.status_code == 200, response.text
    return response.json["check"]


def over(farm):
    return wait_for(lambda: (check := last(farm)) and not check["is_running"] and check, "it ends")


def test_a_check_is_started_and_found_by_the_api(farm):
    farm.add_node("atlas")
    assert last(farm) is None
    response = farm.client.post("/api/v1/doctor", json={"render": False})
    assert response.status_code in (200, 202), response.text
    check = over(farm)
    found = check["found"]
    parts = {one["part"]: one for one in found["diagnoses"]}
    assert (check["node"], check["render"], check["trouble"]) == ("", False, "")
    assert (found["state"], found["exit_status"]) == ("broken", 1)
    assert "BRENDER_BROKER_URL" in parts["broker"]["remedy"]
    assert parts["database"]["state"] == "well"
    assert parts["storage"]["subject"] == str(farm.root)
    assert list(farm.root.rglob(".brender-check-*")) == []


def test_one_node_may_be_asked_about_and_an_unknown_one_is_refused(farm):
    farm.add_node("atlas")
    farm.client.post("/api/v1/doctor", json={"node": "atlas", "render": False})
    check = over(farm)
    parts = {one["part"]: one for one in check["found"]["diagnoses"]}
    # PostgreSQL has a clock of its own, which is looked at as well.
    assert parts.keys() - {"clocks"} == {"broker", "storage", "nodes"}
    assert (parts["nodes"]["subject"], parts["nodes"]["state"]) == ("atlas", "unknown")
    response = farm.client.post("/api/v1/doctor", json={"node": "nobody"})
    assert response.status_code == 404
    assert "There is no node nobody" in response.text


def test_the_page_begins_with_what_is_broken_and_how_to_mend_it(farm):
    assert "Check the farm" in farm.text("/status")
    assert "No check has been made" in farm.text("/status/check")
    response = farm.post("/status/check", node="")
    assert response.location == "/status/check"
    over(farm)
    text = farm.text("/status/check").split("<main")[1]
    assert "To mend it" in text
    assert text.index("Start Redis there") < text.index("What is well")
    assert text.index("Broken") < text.index("Look here") < text.index("What is well")


def test_what_people_typed_is_shown_as_text(farm):
    farm.post("/status/check", node="<script>alert(1)</script>")
    check = over(farm)
    assert check["trouble"]
    text = farm.text("/status/check?node=%22%3E%3Cscript%3E")
    assert "<script>alert" not in text
    assert '"><script>' not in text
    assert "Nothing was checked." in text


def test_the_live_part_is_sent_only_when_it_changed(farm):
    farm.post("/status/check", node="")
    over(farm)
    tag = farm.app.extensions["brender_examinations"].last.tag
    assert farm.get(f"/status/check/live?tag={tag}").status_code == 304
    assert farm.get("/status/check/live?tag=old").status_code == 200


def test_only_one_check_goes_on_at_a_time(farm):
    runs = farm.app.extensions["brender_examinations"]
    first = runs.start(actor="mira")
    assert runs.start(actor="tom", node="atlas") is first
    assert first.wait(30)


@pytest.mark.parametrize("method", ["api", "page"])
def test_who_may_not_steer_nodes_may_look_and_not_start(farm, method):
    visitor = farm.sign_in("vera", Role.VIEWER)
    assert visitor.get("/api/v1/doctor").json == {"check": None}
    assert "Check now" not in visitor.get("/status/check").text
    if method == "api":
        assert visitor.post("/api/v1/doctor", json={}).status_code == 403
    else:
        assert visitor.post("/status/check").status_code == 403
    assert farm.app.extensions["brender_examinations"].last is None
