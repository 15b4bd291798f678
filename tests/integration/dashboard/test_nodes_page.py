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
    assert len(few) == len(many) <= 8
