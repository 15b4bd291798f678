"""The page of one node, and what may be done there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.db.models import Chunk, Event, Frame, Node, PastSample, Shot, WorkHour

NOW = datetime.now(UTC)


def finish(farm, shot_id, frame, node_id):
    """Let a node have finished a frame of a shot."""
    chunk_id = farm.add_chunk(
        shot_id, node_id, state="done", frames=f"{frame}", frame_count=1, done_count=1, spans=""
    )
    with farm.writing() as session:
        session.get(Frame, (shot_id, frame)).chunk_id = chunk_id


def add_steps(farm, node_id, *, step_s=30, count=20, gap=False, **figures):
    with farm.writing() as session:
        for back in range(count):
            if gap and 5 <= back < 10:
                continue
            at = NOW - timedelta(seconds=step_s * (back + 1))
            values = {"cpu_pct": 50.0, "busy_slots": 1.0} | figures
            session.add(PastSample(node_id=node_id, step_s=step_s, at=at, **values))


def test_a_nodes_page_shows_what_it_renders_did_and_failed(farm):
    node_id, other = farm.add_node("atlas"), farm.add_node("bora")
    shot_id = farm.add_shot("lantern", state="rendering", done=3)
    finish(farm, shot_id, 1, node_id)
    finish(farm, shot_id, 2, other)
    chunk_id = farm.add_chunk(shot_id, node_id, done_count=1)
    with farm.writing() as session:
        session.get(Node, node_id).claims = [{"chunk_id": chunk_id, "frame": 7}]
        session.get(Node, node_id).warm = ["/mnt/p/lantern.blend"]
        frame = Frame(shot_id=shot_id, frame=9, state="failed", chunk_id=chunk_id, tries=3, at=NOW)
        frame.reason = "Error: Out of memory"
        session.add(frame)
        session.get(Shot, shot_id).failed_count = 1
        hour = NOW.replace(minute=0, second=0, microsecond=0)
        session.add(WorkHour(at=hour, node_id=node_id, submitter="mira", show_id=0, done_count=41))
        session.add(
            Event(
                at=NOW,
                actor="mira",
                subject="node",
                subject_id=node_id,
                from_state="disabled",
                to_state="enabled",
                reason="It has new memory.",
            )
        )
    text = farm.text("/nodes/atlas")
    assert f"/shots/{shot_id}/frames/7" in text  # what it is at
    assert f'id="strip-{shot_id}-1"' in text
    assert f'id="strip-{shot_id}-2"' not in text  # of the other node
    assert f"failure-{shot_id}-9" in text
    assert "It has new memory." in text
    assert "41 in 24 hours" in text
    assert "lantern.blend" in text
    assert "/logs?source=node.atlas" in text


def test_a_node_is_found_by_its_name_and_by_its_number(farm):
    node_id = farm.add_node("atlas")
    assert "atlas" in farm.text(f"/nodes/{node_id}")
    assert farm.get("/nodes/nobody").status_code == 404
    assert farm.get("/nodes/99").status_code == 404
    assert farm.get("/nodes/99999999999999999999").status_code == 404


def test_a_name_goes_before_a_number(farm):
    first = farm.add_node("atlas")
    farm.add_node(f"{first}")
    assert "atlas" not in farm.text(f"/nodes/{first}")


def test_a_node_that_idles_says_why(farm):
    farm.add_node("atlas")
    farm.add_shot("lantern", tags=["gpu"])
    assert "gpu" in farm.text("/nodes/atlas").split("Why slots are free")[1].split("</section>")[0]


def test_the_page_costs_the_same_queries_however_much_a_node_did(farm):
    node_id = farm.add_node("atlas")
    shot_id = farm.add_shot("lantern", done=9, count=20)
    finish(farm, shot_id, 1, node_id)
    with farm.counted_queries() as few:
        farm.text("/nodes/atlas")
    for frame in range(2, 9):
        finish(farm, shot_id, frame, node_id)
    with farm.counted_queries() as many:
        farm.text("/nodes/atlas")
    assert len(few) == len(many) <= 30


def test_a_poll_costs_one_query_while_nothing_changes(farm):
    farm.add_node("atlas")
    tag = farm.tag("/nodes/atlas")
    with farm.counted_queries() as queries:
        assert farm.get(f"/nodes/atlas/live?tag={tag}").status_code == 304
    assert len(queries) == 1
    farm.add_shot()
    assert farm.get(f"/nodes/atlas/live?tag={tag}").status_code == 200


def test_plots_are_of_the_hour_the_day_or_the_week(farm):
    node_id = farm.add_node("atlas")
    add_steps(farm, node_id, count=20)
    add_steps(farm, node_id, step_s=1800, count=30, cpu_pct=10.0)
    text = farm.text("/nodes/atlas?span=week")
    assert "/nodes/atlas/plots/cpu.json?span=week" in text
    hour = farm.get("/nodes/atlas/plots/cpu.json").json
    assert (hour["unit"], hour["top"], len(hour["x"])) == ("pct", 100, 20 + 2)  # both ends
    week = farm.get("/nodes/atlas/plots/cpu.json?span=week").json
    assert set(week["series"][0]["values"]) == {10.0, None}
    assert week["x"][-1] - week["x"][0] == 7 * 24 * 3600
    assert len(farm.get("/nodes/atlas/plots/cpu.json?span=century").json["x"]) == 22
    assert farm.get("/nodes/atlas/plots/nonsense.json").status_code == 404
    assert farm.get("/nodes/nobody/plots/cpu.json").status_code == 404


def test_time_that_a_node_was_away_is_a_gap(farm):
    node_id = farm.add_node("atlas")
    add_steps(farm, node_id, gap=True)
    plot = farm.get("/nodes/atlas/plots/cpu.json").json
    assert plot["series"][0]["values"][1:-1].count(None) == 1
    assert plot["x"] == sorted(plot["x"])
    assert len(plot["x"]) == 16 + 2


def test_a_node_of_which_nothing_is_known_has_plots_that_say_so(farm):
    farm.add_node("atlas")
    plot = farm.get("/nodes/atlas/plots/cpu.json").json
    assert (plot["x"], plot["empty"]) == ([], "Nothing was told in this time.")


def test_figures_that_a_machine_never_told_have_no_plot(farm):
    node_id = farm.add_node("atlas")
    add_steps(farm, node_id)
    assert "Temperature of the processor" not in farm.text("/nodes/atlas")
    add_steps(farm, node_id, step_s=300, temperature_c=50.0)
    assert "Temperature of the processor" in farm.text("/nodes/atlas?span=day")


def test_tags_are_given_on_a_page_and_taken_back(farm):
    node_id = farm.add_node("atlas", facts={"tags": ["slow"]})
    assert 'value="slow"' in farm.text(f"/nodes/{node_id}/tags?at=node")
    answer = farm.post(f"/nodes/{node_id}/tags?at=node", tags="gpu, fast")
    assert answer.headers["Location"] == "/nodes/atlas"
    assert "given here" in farm.text("/nodes/atlas")
    refused = farm.post(f"/nodes/{node_id}/tags", tags="two words")
    assert refused.status_code == 422
    assert "is no tag" in refused.text
    farm.post(f"/nodes/{node_id}/tags", own="yes")
    assert farm.get(f"/api/v1/nodes/{node_id}").json["tags"] == ["slow"]


def test_blender_is_started_anew_by_a_button(farm):
    node_id = farm.add_node("atlas")
    answer = farm.post(f"/nodes/{node_id}/restart?at=node")
    assert answer.headers["Location"] == "/nodes/atlas"
    text = farm.text("/nodes/atlas")
    assert "The Blenders of atlas start anew" in text
    assert "restart asked for" in text
    assert farm.post("/nodes/99/restart").status_code == 404


def test_a_node_that_is_offline_is_forgotten_after_a_question(farm):
    node_id = farm.add_node("atlas", online=False)
    assert "Forget…" in farm.text("/nodes/atlas")
    assert "keep its name" in farm.text(f"/nodes/{node_id}/forget")
    assert farm.post(f"/nodes/{node_id}/forget", reason="Sold").status_code == 302
    assert "No node has joined yet" in farm.text("/nodes")
    assert farm.get("/nodes/atlas").status_code == 404


def test_a_node_that_is_there_cannot_be_forgotten(farm):
    node_id = farm.add_node("atlas")
    assert "Forget…" not in farm.text("/nodes/atlas")
    assert farm.get(f"/nodes/{node_id}/forget").status_code == 409
    assert farm.post(f"/nodes/{node_id}/forget").status_code == 409


def test_actions_lead_back_to_where_they_were_taken(farm):
    node_id = farm.add_node("atlas")
    there = farm.post(f"/nodes/{node_id}/actions/drain?at=node")
    assert there.headers["Location"] == "/nodes/atlas"
    here = farm.post(f"/nodes/{node_id}/actions/enable?view=table&sort=-cpu")
    assert here.headers["Location"] == "/nodes?view=table&sort=-cpu"
    away = farm.post(f"/nodes/{node_id}/actions/drain?sort=//elsewhere.example")
    assert away.headers["Location"] == "/nodes"


def test_the_api_tells_one_node_and_its_history(farm):
    sample = {"cpu_pct": 5.0, "net_in_bps": 12.5, "temperature_c": 61.0, "gpu_pct": 97.0}
    node_id = farm.add_node("atlas", sample=sample, warm=["/mnt/p/a.blend"])
    add_steps(farm, node_id, count=3)
    node = farm.get(f"/api/v1/nodes/{node_id}").json
    assert (node["standing"], node["warm"]) == ("idle", ["/mnt/p/a.blend"])
    assert {name: node["sample"][name] for name in sample} == sample
    assert node["sample"]["gpu_temperature_c"] is None
    history = farm.get(f"/api/v1/nodes/{node_id}/history").json
    assert [step["cpu_pct"] for step in history["steps"]] == [50.0] * 3
    assert (history["step_s"], history["slots"]) == (30, 2)
    assert farm.get(f"/api/v1/nodes/{node_id}/history?span=year").status_code == 422
    assert farm.get("/api/v1/nodes/99").status_code == 404
    assert farm.get("/api/v1/nodes/99/history").status_code == 404


def test_the_api_gives_tags_restarts_and_forgets(farm):
    node_id = farm.add_node("atlas")
    url = f"/api/v1/nodes/{node_id}"
    assert farm.client.put(f"{url}/tags", json={"tags": ["gpu"]}).json["tags"] == ["gpu"]
    assert farm.client.put(f"{url}/tags", json={"tags": None}).json["has_given_tags"] is False
    assert farm.client.put(f"{url}/tags", json={"tags": ["two words"]}).status_code == 422
    assert farm.client.put(f"{url}/tags", json={}).status_code == 422
    assert farm.client.post(f"{url}/restart", json={}).json["restart_asked_at"] is not None
    assert farm.client.delete(url).status_code == 409
    with farm.writing() as session:
        session.get(Node, node_id).online = False
    assert farm.client.delete(url).status_code == 204
    assert farm.client.delete(url).status_code == 404
    with farm.writing() as session:
        assert session.get(Node, node_id).is_gone


@pytest.mark.parametrize("state", ["sent", "rendering"])
def test_a_node_whose_chunks_are_not_back_yet_is_not_forgotten(farm, state):
    node_id = farm.add_node("atlas", online=False)
    chunk_id = farm.add_chunk(farm.add_shot(), node_id, state=state)
    answer = farm.client.delete(f"/api/v1/nodes/{node_id}")
    assert (answer.status_code, "still has chunks" in answer.json["detail"]) == (409, True)
    with farm.writing() as session:
        session.get(Chunk, chunk_id).state = "lost"
    assert farm.client.delete(f"/api/v1/nodes/{node_id}").status_code == 204
