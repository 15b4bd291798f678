import pytest


def test_a_shot_is_submitted_and_found_again(farm):
    blend = farm.blend()
    response = farm.client.post(
        "/api/v1/shots", json={"blend": str(blend), "frames": "1-4", "name": "lantern"}
    )
    assert response.status_code == 201
    made = response.json
    assert made["shot"]["frame_count"] == 4
    assert made["url"].endswith(f"/shots/{made['shot']['id']}")
    found = farm.get(response.headers["Location"]).json
    assert found["name"] == "lantern"
    assert found["frames"] == "1-4"
    assert found["output_dir"] == made["output_dir"]
    assert found["actions"] == ["pause", "cancel"]


def test_faults_are_listed_with_field_message_and_remedy(farm):
    response = farm.client.post(
        "/api/v1/shots", json={"blend": str(farm.blend()), "frames": "x", "priority": 200}
    )
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")
    faults = response.json["faults"]
    assert {fault["field"] for fault in faults} == {"frames", "priority"}
    assert all(fault["message"] and "remedy" in fault for fault in faults)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "blend"),
        ({"blend": "/x", "priority": "high"}, "priority"),
        ({"blend": "/x", "colour": 1}, "colour"),
    ],
)
def test_a_body_of_the_wrong_shape_names_the_field(farm, body, field):
    response = farm.client.post("/api/v1/shots", json=body)
    assert response.status_code == 422
    assert [fault["field"] for fault in response.json["faults"]] == [field]


def test_what_is_not_json_is_refused(farm):
    form = farm.client.post("/api/v1/shots", data={"blend": "/x"})
    assert (form.status_code, form.json["status"]) == (415, 415)
    broken = farm.client.post(
        "/api/v1/shots", data="{", headers={"Content-Type": "application/json"}
    )
    assert broken.status_code == 400
    plain = farm.client.post(
        "/api/v1/shots/1/actions/cancel", data="{}", headers={"Content-Type": "text/plain"}
    )
    assert plain.status_code == 415


def test_shots_are_listed_filtered_and_paged(farm):
    for number in range(3):
        farm.add_shot(f"fog_{number}")
    farm.add_shot("lantern", state="paused")
    listed = farm.get("/api/v1/shots?search=fog&size=2&sort=name").json
    assert [shot["name"] for shot in listed["shots"]] == ["fog_0", "fog_1"]
    assert (listed["total"], listed["page"], listed["size"]) == (3, 1, 2)
    assert (listed["counts"]["queued"], listed["counts"]["paused"]) == (3, 0)
    wrong = farm.get("/api/v1/shots?state=burning")
    assert (wrong.status_code, wrong.json["faults"][0]["field"]) == (422, "state")


def test_frames_and_chunks_are_listed(farm):
    shot_id = farm.add_shot(done=2)
    farm.add_chunk(shot_id, farm.add_node("atlas"), frames="5-8", spans="4-8")
    frames = farm.get(f"/api/v1/shots/{shot_id}/frames?offset=1&limit=2").json
    assert [(frame["frame"], frame["state"]) for frame in frames["frames"]] == [
        (2, "done"),
        (3, "pending"),
    ]
    assert frames["total"] == 10
    chunks = farm.get(f"/api/v1/shots/{shot_id}/chunks").json["chunks"]
    assert [(chunk["node"], chunk["frames"]) for chunk in chunks] == [("atlas", "5-8")]


def test_an_action_is_done_or_refused_with_what_is_allowed(farm):
    shot_id = farm.add_shot()
    paused = farm.client.post(f"/api/v1/shots/{shot_id}/actions/pause", json={})
    assert (paused.status_code, paused.json["state"]) == (200, "paused")
    again = farm.client.post(f"/api/v1/shots/{shot_id}/actions/pause", json={})
    assert again.status_code == 409
    assert set(again.json["allowed"]) == {"resume", "cancel"}
    unknown = farm.client.post(f"/api/v1/shots/{shot_id}/actions/explode", json={})
    assert unknown.status_code == 409


def test_the_priority_is_changed(farm):
    shot_id = farm.add_shot()
    changed = farm.client.patch(f"/api/v1/shots/{shot_id}", json={"priority": 90})
    assert changed.json["priority"] == 90
    refused = farm.client.patch(f"/api/v1/shots/{shot_id}", json={"priority": 101})
    assert (refused.status_code, refused.json["faults"][0]["field"]) == (422, "priority")


def test_nodes_are_listed_and_steered(farm):
    node_id = farm.add_node("atlas")
    node = farm.get("/api/v1/nodes").json["nodes"][0]
    assert (node["name"], node["sample"]["cpu_pct"]) == ("atlas", 50.0)
    drained = farm.client.post(
        f"/api/v1/nodes/{node_id}/actions/drain", json={"reason": "Power supply"}
    )
    assert (drained.json["intent"], drained.json["reason"]) == ("draining", "Power supply")


@pytest.mark.parametrize(
    "url", ["/api/v1/shots/9", "/api/v1/shots/9/frames", "/api/v1/nowhere", "/api/v1/shots/x"]
)
def test_what_is_not_there_is_a_problem_in_json(farm, url):
    response = farm.get(url)
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    assert response.json["title"] == "Not Found"


def test_the_chunks_of_a_shot_that_is_not_there_are_not_found(farm):
    assert farm.get("/api/v1/shots/9/chunks").status_code == 404


def test_the_api_is_described(farm):
    described = farm.get("/api/v1/openapi.json").json
    assert {
        "/api/v1/shots",
        "/api/v1/shots/{shot_id}",
        "/api/v1/shots/{shot_id}/frames",
        "/api/v1/shots/{shot_id}/chunks",
        "/api/v1/shots/{shot_id}/actions/{action}",
        "/api/v1/shots/{shot_id}/rerender",
        "/api/v1/shots/{shot_id}/bans/clear",
        "/api/v1/shots/{shot_id}/audit",
        "/api/v1/nodes",
        "/api/v1/nodes/{node_id}/actions/{action}",
    } <= set(described["paths"])
    assert "delete" in described["paths"]["/api/v1/shots/{shot_id}"]
    assert "priority" in described["components"]["schemas"]["Submit"]["properties"]


def test_times_are_iso_8601_in_utc(farm):
    created = farm.get(f"/api/v1/shots/{farm.add_shot()}").json["created_at"]
    assert created.endswith("+00:00")
