from brender_farm.db.models import Chunk


def test_a_node_shows_what_it_renders_and_how_it_is(farm):
    node_id = farm.add_node("atlas")
    shot_id = farm.add_shot("lantern", state="rendering")
    farm.add_chunk(shot_id, node_id, done_count=1)
    text = farm.text("/nodes")
    assert "atlas" in text
    assert "lantern" in text
    assert "CPU: 50 %" in text
    assert "1.0 GB of 10.0 GB" in text
    assert "4.5.15" in text
    assert text.count("Free slot") == 1


def test_a_node_shows_its_pool_and_each_kind_of_card_once(farm):
    facts = {"pool": "film", "gpus": ["NVIDIA L40", "NVIDIA L40", "NVIDIA A10"]}
    farm.add_node("cards", facts=facts)
    text = farm.text("/nodes")
    assert "film" in text
    assert "2 × NVIDIA L40, NVIDIA A10" in text
    (node,) = farm.get("/api/v1/nodes").json["nodes"]
    assert {"pool": node["pool"], "gpus": node["gpus"]} == facts


def test_a_node_without_pool_and_cards_says_nothing_of_them(farm):
    farm.add_node("plain")
    text = farm.text("/nodes")
    assert "Pool" not in text
    assert "GPU" not in text


def test_a_farm_without_nodes_says_how_to_add_one(farm):
    text = farm.text("/nodes")
    assert "No node has joined yet" in text
    assert "brender worker" in text


def test_a_node_without_figures_is_shown_all_the_same(farm):
    farm.add_node("bare", sample={}, facts={})
    assert "bare" in farm.text("/nodes")


def test_a_node_is_disabled_with_a_reason_and_enabled_again(farm):
    node_id = farm.add_node("atlas")
    assert "Disable atlas?" in farm.text(f"/nodes/{node_id}/actions/disable")
    farm.post(f"/nodes/{node_id}/actions/disable", reason="New memory on Friday")
    text = farm.text("/nodes")
    assert "New memory on Friday" in text
    assert f"/nodes/{node_id}/actions/enable" in text
    assert f"/nodes/{node_id}/actions/drain" not in text
    farm.post(f"/nodes/{node_id}/actions/enable")
    assert "New memory on Friday" not in farm.text("/nodes")


def test_what_a_node_may_not_do_now_is_refused(farm):
    node_id = farm.add_node()
    assert farm.post(f"/nodes/{node_id}/actions/enable").status_code == 409
    assert farm.get(f"/nodes/{node_id}/actions/enable").status_code == 409
    assert farm.get("/nodes/99/actions/disable").status_code == 404


def test_a_poll_of_the_nodes_costs_one_query_while_nothing_changes(farm):
    farm.add_node()
    tag = farm.tag("/nodes")
    with farm.counted_queries() as queries:
        assert farm.get(f"/nodes/live?tag={tag}").status_code == 304
    assert len(queries) == 1
    farm.add_node("another")
    assert "another" in farm.get(f"/nodes/live?tag={tag}").text


def test_the_page_costs_the_same_queries_for_any_number_of_nodes(farm):
    farm.add_node("first")
    with farm.counted_queries() as few:
        farm.text("/nodes")
    for number in range(30):
        farm.add_node(f"node-{number}")
    with farm.counted_queries() as many:
        farm.text("/nodes")
    assert len(few) == len(many) <= 20


def test_disabling_asks_what_becomes_of_the_frames_that_are_rendering(farm):
    node_id = farm.add_node("atlas")
    chunk_id = farm.add_chunk(farm.add_shot("lantern", state="rendering"), node_id)
    text = farm.text(f"/nodes/{node_id}/actions/disable")
    assert "lantern, frames 1-4" in text
    assert "Let current frames finish" in text
    assert "Stop them now" in text
    farm.post(f"/nodes/{node_id}/actions/disable", work="finish")
    assert chunk_state(farm, chunk_id) == ("rendering", True)


def test_a_node_is_disabled_at_once_and_its_frames_are_rendered_elsewhere(farm):
    node_id = farm.add_node("atlas")
    shot_id = farm.add_shot("lantern", state="rendering", pending="4-10", pending_count=6)
    chunk_id = farm.add_chunk(shot_id, node_id)
    farm.post(f"/nodes/{node_id}/actions/disable", work="kill")
    assert chunk_state(farm, chunk_id)[0] == "returned"
    shot = farm.get(f"/api/v1/shots/{shot_id}").json
    assert (shot["state"], shot["pending_count"]) == ("queued", 10)


def test_the_api_disables_at_once_when_asked(farm):
    node_id = farm.add_node("atlas")
    chunk_id = farm.add_chunk(farm.add_shot(state="rendering"), node_id)
    url = f"/api/v1/nodes/{node_id}/actions/disable"
    wrong = farm.client.post(url, json={"kill": "perhaps"})
    assert (wrong.status_code, wrong.json["faults"][0]["field"]) == (422, "kill")
    assert farm.client.post(url, json={"kill": True}).json["intent"] == "disabled"
    assert chunk_state(farm, chunk_id)[0] == "returned"


def test_a_sick_node_is_marked_with_the_reason_until_it_is_enabled(farm):
    why = "Sick: it fails in 2 shots that others can render. Mend it, then enable it."
    node_id = farm.add_node("titan", intent="disabled", bans_in_row=2, reason=why)
    text = farm.text("/nodes")
    assert "<span>Sick</span>" in text
    assert "The farm took it out." in text
    assert why in text
    assert farm.get("/api/v1/nodes").json["nodes"][0]["is_sick"]
    farm.post(f"/nodes/{node_id}/actions/enable")
    assert "<span>Sick</span>" not in farm.text("/nodes")


def test_a_node_that_people_disabled_is_not_sick(farm):
    farm.add_node("rhea", intent="disabled", reason="New memory on Friday")
    assert "Sick" not in farm.text("/nodes")


def test_folders_that_a_node_cannot_write_to_are_shown_with_the_reason(farm):
    farm.add_node("gaia", unwell={"/mnt/lantern": "No space left on device."})
    text = farm.text("/nodes")
    assert "It cannot write to 1 folder now." in text
    assert "/mnt/lantern" in text
    assert "No space left on device." in text
    node = farm.get("/api/v1/nodes").json["nodes"][0]
    assert node["unwell"] == [{"folder": "/mnt/lantern", "reason": "No space left on device."}]


def chunk_state(farm, chunk_id):
    with farm.writing() as session:
        chunk = session.get(Chunk, chunk_id)
        return str(chunk.state), chunk.ending
