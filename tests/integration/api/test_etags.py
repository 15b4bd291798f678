"""Tags: nothing is sent twice, and nobody overwrites what they have not seen."""

from __future__ import annotations

import pytest

from brender_farm.db.models import Shot


@pytest.fixture
def things(farm):
    """One of each thing that can be edited, by its address."""
    farm.add_shot("lantern", done=2)
    farm.add_node("atlas")
    for name, body in (
        ("presets", {"name": "Zero", "settings": {"samples": 8}}),
        ("shows", {"name": "Lantern", "root": str(farm.root)}),
        ("notices", {"address": "json://127.0.0.1:9", "topics": ["failed"]}),
    ):
        assert farm.client.post(f"/api/v1/{name}", json=body).status_code == 201, name
    farm.client.put("/api/v1/limits/nuke", json={"slots": 2})
    farm.client.put("/api/v1/shares/mira", json={"weight": 2})
    return farm


EDITS = [
    ("shots/1", "PATCH", "shots/1", {"priority": 80}, {"priority": 70}),
    ("nodes/1", "PUT", "nodes/1/tags", {"tags": ["gpu"]}, {"tags": ["slow"]}),
    ("nodes/1", "PUT", "nodes/1/hours", {"hours": "mon-fri 19:00-08:00"}, {"hours": "always"}),
    (
        "presets/own",
        "PUT",
        "presets/own",
        {"name": "Zero", "settings": {"samples": 4}},
        {"name": "Zero", "settings": {"samples": 2}},
    ),
    ("shows/1", "PATCH", "shows/1", {"notes": "Retakes"}, {"notes": "None"}),
    ("limits/nuke", "PUT", "limits/nuke", {"slots": 3}, {"slots": 4}),
    ("shares/mira", "PUT", "shares/mira", {"weight": 3}, {"weight": 4}),
    ("settings", "PATCH", "settings", {"slow_factor": 4}, {"slow_factor": 5}),
    ("notices/1", "PUT", "notices/1", {"topics": ["paused"]}, {"topics": ["node"]}),
]


@pytest.mark.parametrize(("look", "method", "edit", "first", "second"), EDITS)
def test_an_edit_of_what_was_changed_meanwhile_is_refused_with_its_tag(
    things, look, method, edit, first, second
):
    own = str(things.get("/api/v1/presets").json["presets"][-1]["id"])
    look, edit = (url.replace("presets/own", f"presets/{own}") for url in (look, edit))

    def change(body, tag):
        headers = {"If-Match": tag}
        return things.client.open(f"/api/v1/{edit}", method=method, json=body, headers=headers)

    seen = things.get(f"/api/v1/{look}").headers["ETag"]
    made = change(first, seen)
    assert made.status_code == 200, made.json
    assert made.headers["ETag"] != seen
    stale = change(second, seen)
    assert (stale.status_code, stale.json["type"]) == (412, "urn:brender:problem:changed-meanwhile")
    now = things.get(f"/api/v1/{look}").headers["ETag"]
    assert now.startswith(stale.headers["ETag"].rstrip('"'))
    assert change(second, stale.headers["ETag"]).status_code == 200
    assert change(first, "*").status_code in {200, 409}


def test_a_node_is_steered_only_as_it_was_seen(things):
    seen = things.get("/api/v1/nodes/1").headers["ETag"]
    url = "/api/v1/nodes/1/actions"
    drained = things.client.post(f"{url}/drain", json={}, headers={"If-Match": seen})
    assert drained.status_code == 200
    stale = things.client.post(f"{url}/disable", json={}, headers={"If-Match": seen})
    assert stale.status_code == 412
    now = {"If-Match": drained.headers["ETag"]}
    assert things.client.post(f"{url}/disable", json={}, headers=now).status_code == 200


@pytest.mark.parametrize("tag", ['"nothing"', "nothing", ";;", '""'])
def test_a_tag_that_is_none_of_ours_changes_nothing(things, tag):
    answer = things.client.patch("/api/v1/shots/1", json={"priority": 3}, headers={"If-Match": tag})
    assert answer.status_code == 412
    assert things.get("/api/v1/shots/1").json["priority"] == 50


def test_finished_frames_refuse_nobodys_edit(things):
    seen = things.get("/api/v1/shots/1").headers["ETag"]
    with things.writing() as session:
        session.get(Shot, 1).rev += 1
    answer = things.client.patch(
        "/api/v1/shots/1", json={"priority": 90}, headers={"If-Match": seen}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "shots",
        "shots/1",
        "shots/1/frames",
        "shots/1/frames/1",
        "nodes",
        "nodes/1",
        "queue",
        "events",
        "presets/1",
        "shows/1",
        "limits/nuke",
        "statistics",
        "me",
    ],
)
def test_whoever_has_the_newest_is_not_sent_it_again(things, url):
    first = things.get(f"/api/v1/{url}")
    assert first.status_code == 200
    headers = {"If-None-Match": first.headers["ETag"]}
    again = things.get(f"/api/v1/{url}", headers=headers)
    assert (again.status_code, again.data) == (304, b"")
    assert things.get(f"/api/v1/{url}", headers={"If-None-Match": '"x"'}).status_code == 200


def test_a_compressed_answers_tag_is_known_again(things):
    packed = things.get("/api/v1/shots", headers={"Accept-Encoding": "br"})
    assert packed.headers["Content-Encoding"] == "br"
    headers = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "br"}
    assert things.get("/api/v1/shots", headers=headers).status_code == 304
