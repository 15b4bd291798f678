"""What the dashboard shows and does, as JSON: frames, chunks, files, sums, and who is asking."""

from __future__ import annotations

import io
import zipfile

import pytest

from brender_farm.domain.places import log_path


@pytest.fixture
def shot(farm):
    """A shot with two finished frames, one of which has a file, and a chunk with a log."""
    shot_id, node_id = farm.add_shot("lantern", done=2, count=10), farm.add_node("atlas")
    farm.add_chunk(shot_id, node_id, frames="3-6", spans="2-6")
    farm.write_frame("lantern", 1)
    return shot_id


def test_one_frame_tells_where_its_picture_is(farm, shot):
    frame = farm.get(f"/api/v1/shots/{shot}/frames/1").json
    assert (frame["frame"], frame["state"], frame["seconds"]) == (1, "done", 2.0)
    picture = farm.get(frame["file_url"])
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    pending = farm.get(f"/api/v1/shots/{shot}/frames/9").json
    assert (pending["state"], pending["file_url"]) == ("pending", None)
    assert farm.get(f"/api/v1/shots/{shot}/frames/4").json["node"] == "atlas"
    assert farm.get(f"/api/v1/shots/{shot}/frames/11").status_code == 404
    assert farm.get(f"/api/v1/shots/{shot}/frames/9/file").status_code == 404


def test_frames_are_taken_along(farm, shot):
    facts = farm.get(f"/api/v1/shots/{shot}/download").json
    assert facts["picture_count"] == 2
    packed = farm.get(facts["zip_url"] + "?frames=1")
    assert packed.mimetype == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(packed.data)).namelist()[0].startswith("lantern/")
    assert farm.get(facts["zip_url"] + "?frames=x").status_code == 422
    assert farm.get(facts["film_url"]).json["type"] == "urn:brender:problem:not-found"


def test_a_chunk_and_its_log(farm, shot):
    chunk = farm.get(f"/api/v1/shots/{shot}/chunks").json["chunks"][0]
    assert farm.get(f"/api/v1/chunks/{chunk['id']}").json == chunk
    url = f"/api/v1/chunks/{chunk['id']}/log"
    assert farm.get(url).status_code == 404
    path = log_path(farm.root / "renders" / "lantern", chunk["id"])
    path.parent.mkdir(parents=True)
    path.write_text("Fra:3 Mem:12M\n")
    log = farm.get(url)
    assert (log.mimetype, log.text) == ("text/plain", "Fra:3 Mem:12M\n")
    assert farm.get("/api/v1/chunks/99").status_code == 404


def test_what_frames_took(farm, shot):
    figures = farm.get(f"/api/v1/shots/{shot}/figures/seconds").json
    assert [(point["frame"], point["value"]) for point in figures["points"]] == [(1, 2.0), (2, 2.0)]
    assert farm.get(f"/api/v1/shots/{shot}/figures/colour").status_code == 404


def test_the_farm_on_one_page_and_over_days(farm, shot):
    seen = farm.get("/api/v1/overview").json
    assert seen["counts"]["queued"] == 1
    assert len(seen["hours"]) == 24
    assert farm.get("/api/v1/glance").json["nodes_online"] == 1
    sums = farm.get("/api/v1/statistics?days=30").json
    assert len(sums["days"]) == 30
    assert farm.get("/api/v1/statistics?days=8").status_code == 422
    assert farm.get("/api/v1/statistics?show=99").status_code == 404
    assert farm.get("/api/v1/submitters").json == {"submitters": ["mira"]}


def test_who_is_asking_and_what_they_may(farm):
    me = farm.get("/api/v1/me").json
    assert (me["role"], me["scope"], me["is_local"]) == ("admin", None, True)
    assert "farm" in me["rights"]


def test_blend_files_are_found_and_looked_into(farm):
    blend = farm.blend()
    (farm.root / "sub").mkdir()
    folder = farm.get(f"/api/v1/blends?folder={farm.root}").json
    assert [entry["name"] for entry in folder["blends"]] == ["tiny.blend"]
    assert [entry["name"] for entry in folder["folders"]] == ["sub"]
    found = farm.get(f"/api/v1/blends?folder={farm.root}&search=tin").json
    assert found["blends"][0]["path"] == str(blend)
    facts = farm.get(f"/api/v1/blends/facts?path={blend}").json
    assert facts["active_scene"] in {scene["name"] for scene in facts["scenes"]}
    assert facts["missing"] == []
    outside = farm.get("/api/v1/blends/facts?path=/etc/passwd")
    assert (outside.status_code, outside.json["faults"][0]["field"]) == (422, "path")
    farm.client.post("/api/v1/shots", json={"blend": str(blend), "frames": "1"})
    assert farm.get("/api/v1/blends/recent").json["blends"][0]["name"] == "tiny.blend"


def test_many_nodes_are_steered_at_once(farm):
    ids = [farm.add_node(name) for name in ("atlas", "bora")]
    body = {"action": "drain", "ids": [*ids, 99], "reason": "Move"}
    answer = farm.client.post("/api/v1/nodes/bulk", json=body).json
    assert answer["done"] == ["atlas", "bora"]
    assert len(answer["refused"]) == 1
    assert {node["intent"] for node in farm.get("/api/v1/nodes").json["nodes"]} == {"draining"}


def test_what_a_node_did_and_what_one_can_be_told_of(farm, shot):
    node_id = farm.get("/api/v1/nodes").json["nodes"][0]["id"]
    work = farm.get(f"/api/v1/nodes/{node_id}/work").json
    assert len(work["hours"]) == 24
    assert "failed" in farm.get("/api/v1/notices/topics").json["topics"]
