from __future__ import annotations

from datetime import datetime, timedelta

from brender_farm.db.models import Event, FarmLimit


def test_limits_and_shares_show_what_is_in_use(farm):
    farm.post("/limits/set", name="nuke", slots="4")
    farm.post("/limits/shares/set", submitter="mira", weight="2.5")
    shot_id = farm.add_shot("fog", state="rendering", limit_names=["nuke"])
    farm.add_chunk(shot_id, farm.add_node())
    text = farm.text("/limits")
    assert "1 of 4 in use" in text
    assert 'value="2.5"' in text
    (limit,) = farm.get("/api/v1/limits").json["limits"]
    assert limit == {"name": "nuke", "slots": 4, "used": 1, "shot_count": 1}
    (share,) = farm.get("/api/v1/shares").json["shares"]
    assert share == {
        "submitter": "mira",
        "weight": 2.5,
        "is_set": True,
        "slots": 1,
        "shot_count": 1,
    }


def test_a_farm_without_rules_explains_them(farm):
    text = farm.text("/limits")
    assert "No limit is set yet." in text
    assert "no share is set" in text
    assert "Add limit" in text


def test_a_limit_is_removed_once_no_unfinished_shot_names_it(farm):
    farm.post("/limits/set", name="nuke", slots="0")
    shot_id = farm.add_shot(limit_names=["nuke"])
    assert "Its shots wait" in farm.text("/limits")
    farm.post("/limits/remove", name="nuke")
    assert f"Shot {shot_id} names the limit nuke" in farm.text("/limits")
    farm.post(f"/shots/{shot_id}/actions/cancel")
    farm.post("/limits/remove", name="nuke")
    assert "Limit nuke is removed." in farm.text("/limits")


def test_what_is_no_rule_is_refused_with_what_to_do(farm):
    farm.post("/limits/set", name="two words", slots="many")
    text = farm.text("/limits")
    assert "is no tag" in text
    assert "is not a number of chunks." in text
    farm.post("/limits/shares/set", submitter="mira", weight="0")
    assert "is not a weight." in farm.text("/limits")
    farm.post("/limits/remove", name="fog")
    assert "There is no limit" in farm.text("/limits")


def test_a_share_goes_back_to_everybodys(farm):
    farm.post("/limits/shares/set", submitter="mira", weight="3")
    farm.post("/limits/shares/remove", submitter="mira")
    assert "mira has weight 1, as everybody." in farm.text("/limits")
    assert farm.get("/api/v1/shares").json["shares"] == []


def test_the_page_is_fetched_again_only_when_it_changed(farm):
    tag = farm.tag("/limits")
    assert farm.get(f"/limits/live?tag={tag}").status_code == 304
    farm.post("/limits/set", name="nuke", slots="4")
    assert "nuke" in farm.get(f"/limits/live?tag={tag}").text


def test_names_are_shown_as_they_are_written(farm):
    farm.post("/limits/shares/set", submitter="<b>mira</b>", weight="2")
    assert "&lt;b&gt;mira&lt;/b&gt;" in farm.text("/limits")


def test_the_api_sets_and_removes_limits(farm):
    made = farm.client.put("/api/v1/limits/Network-Heavy", json={"slots": 4})
    assert (made.status_code, made.json["name"]) == (200, "network-heavy")
    wrong = farm.client.put("/api/v1/limits/nuke", json={"slots": -1})
    assert (wrong.status_code, wrong.json["faults"][0]["field"]) == (422, "slots")
    farm.add_shot(limit_names=["network-heavy"])
    assert farm.client.delete("/api/v1/limits/network-heavy").status_code == 409
    assert farm.client.delete("/api/v1/limits/fog").status_code == 404
    farm.client.put("/api/v1/limits/nuke", json={"slots": 1})
    assert farm.client.delete("/api/v1/limits/nuke").status_code == 204


def test_the_api_sets_and_removes_shares_of_any_name(farm):
    url = "/api/v1/shares/STUDIO%5Cmira%2Fvfx"
    made = farm.client.put(url, json={"weight": 0.5})
    assert (made.json["submitter"], made.json["weight"]) == (r"STUDIO\mira/vfx", 0.5)
    wrong = farm.client.put(url, json={"weight": 0})
    assert (wrong.status_code, wrong.json["faults"][0]["field"]) == (422, "weight")
    assert farm.client.delete(url).status_code == 204
    assert farm.client.delete(url).status_code == 404


def test_a_change_of_a_rule_is_an_event(farm):
    farm.client.put("/api/v1/limits/nuke", json={"slots": 4})
    farm.client.put("/api/v1/limits/nuke", json={"slots": 8})
    farm.client.put("/api/v1/limits/nuke", json={"slots": 8})
    with farm.writing() as session:
        found = session.query(Event).filter_by(subject="limit").order_by(Event.id).all()
        assert [event.reason for event in found] == ["Limit nuke: none → 4.", "Limit nuke: 4 → 8."]
        assert session.get(FarmLimit, "nuke").slots == 8
    assert "Limit nuke: 4 → 8." in farm.text("/events")


def closed_today() -> str:
    """Return hours that are over, whatever day it is."""
    yesterday = datetime.now().astimezone() - timedelta(days=1)
    return f"{yesterday:%a} 00:00-12:00".lower()


def test_a_nodes_hours_are_set_on_a_page_and_shown(farm):
    node_id = farm.add_node("atlas")
    assert "always" in farm.text("/nodes")
    assert "mon-fri 19:00-08:00, sat-sun" in farm.text(f"/nodes/{node_id}/hours")
    farm.post(f"/nodes/{node_id}/hours", hours=closed_today())
    text = farm.text("/nodes")
    assert closed_today() in text
    assert "Outside its hours until " in text
    assert "Free slot" not in text
    farm.post(f"/nodes/{node_id}/hours", hours="")
    assert "Outside its hours" not in farm.text("/nodes")


def test_hours_that_cannot_be_read_stay_in_the_form(farm):
    node_id = farm.add_node("atlas")
    refused = farm.post(f"/nodes/{node_id}/hours", hours="mo-fri 9-17")
    assert refused.status_code == 422
    assert 'value="mo-fri 9-17"' in refused.text
    assert "is not a day" in refused.text
    assert farm.get("/nodes/99/hours").status_code == 404


def test_the_api_sets_hours(farm):
    node_id = farm.add_node("atlas")
    url = f"/api/v1/nodes/{node_id}/hours"
    node = farm.client.put(url, json={"hours": closed_today()}).json
    assert (node["hours"], node["out_of_hours"]) == (closed_today(), True)
    assert datetime.fromisoformat(node["opens_at"]) > datetime.now().astimezone()
    node = farm.client.put(url, json={"hours": "always"}).json
    assert (node["hours"], node["out_of_hours"], node["opens_at"]) == ("", False, None)
    wrong = farm.client.put(url, json={"hours": "never"})
    assert (wrong.status_code, wrong.json["faults"][0]["field"]) == (422, "hours")
    assert farm.client.put("/api/v1/nodes/99/hours", json={"hours": ""}).status_code == 404
