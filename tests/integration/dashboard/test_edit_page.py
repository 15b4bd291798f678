"""A shot is changed, and submitted again, by page and API."""

import html
import json
import re

import pytest

from brender_farm.db.models import Shot


@pytest.fixture
def shot_id(farm):
    """Return a shot of ten frames, two of them done, of a file that is there."""
    farm.blend()
    return farm.add_shot(done=2, priority=50, render={"samples": 16})


def form_of(farm, shot_id):
    """Return what a browser would send if nothing were changed."""
    text = farm.text(f"/shots/{shot_id}/edit")
    values = {}
    for name, value in re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', text):
        if name not in ("csrf_token", "race", "again", "view_layers"):
            values[name] = html.unescape(value)
    values["notes"] = html.unescape(re.search(r"<textarea[^>]*>([^<]*)</textarea>", text)[1])
    for name, options in re.findall(r'<select[^>]* name="(\w+)">(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    return values


def edit(farm, shot_id, **changes):
    return farm.post(f"/shots/{shot_id}/edit", **(form_of(farm, shot_id) | changes))


def one(farm, shot_id):
    return farm.get(f"/api/v1/shots/{shot_id}").json


def test_the_form_shows_what_the_shot_is(farm, shot_id):
    values = form_of(farm, shot_id)
    assert (values["name"], values["frames"], values["samples"]) == ("lantern", "1-10", "16")
    text = farm.text(f"/shots/{shot_id}/edit")
    assert "2 finished frames keep the old look" in text
    for name in ("output", "format", "existing", "snapshot", "preset", "width"):
        assert f'name="{name}"' not in text


def test_what_is_changed_is_kept_and_told(farm, shot_id):
    response = edit(farm, shot_id, priority="80", notes="Retake:\r\nnew lamp", frames="1-12")
    assert (response.status_code, response.location) == (302, f"/shots/{shot_id}")
    text = farm.text(response.location)
    assert "“lantern” is changed: frames, priority, notes." in text
    assert "priority: 50 → 80" in text
    assert "Retake:\nnew lamp" in text
    shot = one(farm, shot_id)
    assert (shot["priority"], shot["frame_count"], shot["pending_count"]) == (80, 12, 10)


def test_saving_without_a_change_changes_nothing(farm, shot_id):
    rev = one(farm, shot_id)["edit_tag"]
    edit(farm, shot_id)
    assert "Nothing was changed." in farm.text(f"/shots/{shot_id}")
    assert one(farm, shot_id)["edit_tag"] == rev


def test_faults_stand_beside_their_fields_and_what_was_typed_is_kept(farm, shot_id):
    response = edit(farm, shot_id, frames="5-10", samples="many")
    assert response.status_code == 422
    assert 'id="samples-fault"' in response.text
    assert 'value="5-10"' in response.text
    response = edit(farm, shot_id, frames="5-10")
    assert "Frames 1-2 are finished already" in response.text
    assert one(farm, shot_id)["frames"] == "1-10"


def test_what_somebody_else_changed_meanwhile_is_told_and_can_be_overruled(farm, shot_id):
    mine = form_of(farm, shot_id) | {"priority": "80"}
    farm.client.patch(f"/api/v1/shots/{shot_id}", json={"priority": 20, "notes": "Hold it."})
    response = farm.post(f"/shots/{shot_id}/edit", **mine)
    assert response.status_code == 422
    assert "it was 50 and is 20 now" in response.text
    seen = json.loads(html.unescape(re.search(r'name="seen" value="([^"]*)"', response.text)[1]))
    assert seen["priority"] == "20"
    assert farm.post(
        f"/shots/{shot_id}/edit", **(mine | {"seen": json.dumps(seen), "notes": "Hold it."})
    ).location
    shot = one(farm, shot_id)
    assert (shot["priority"], shot["notes"]) == (80, "Hold it.")


def test_all_frames_are_rendered_again_where_that_is_asked_for(farm, shot_id):
    edit(farm, shot_id, samples="64", again="yes")
    shot = one(farm, shot_id)
    assert (shot["done_count"], shot["render"]["samples"]) == (0, 64)


def test_what_would_change_is_told_as_it_is_typed(farm, shot_id):
    url = f"/shots/{shot_id}/edit/preview"
    assert "Nothing is changed yet." in farm.post(url, **form_of(farm, shot_id)).text
    text = farm.post(url, **(form_of(farm, shot_id) | {"priority": "80", "first": "x5"})).text
    assert "priority: 50 → 80" in text
    assert "rendered first: x5" in text
    text = farm.post(url, **(form_of(farm, shot_id) | {"priority": "soon"})).text
    assert "is not a priority" in text


def test_a_form_that_was_tampered_with_is_no_error_of_the_server(farm, shot_id):
    for seen in ("[]", "{", '{"name": 3, "x": 1}', '"'):
        values = form_of(farm, shot_id) | {"seen": seen}
        assert farm.post(f"/shots/{shot_id}/edit", **values).status_code in (302, 422)


def test_notes_are_written_on_the_shot_s_page(farm, shot_id):
    assert "Add notes" in farm.text(f"/shots/{shot_id}")
    farm.post(f"/shots/{shot_id}/notes", notes="<b>Retake</b>", seen="")
    text = farm.text(f"/shots/{shot_id}")
    assert "&lt;b&gt;Retake&lt;/b&gt;" in text
    assert "Change the notes" in text
    farm.post(f"/shots/{shot_id}/notes", notes="Mine.", seen="")
    assert "Somebody changed the notes meanwhile" in farm.text(f"/shots/{shot_id}")
    assert one(farm, shot_id)["notes"] == "<b>Retake</b>"


def test_a_finished_shot_is_submitted_again_with_changes(farm):
    farm.blend()
    shot_id = farm.add_shot(
        done=10,
        state="completed",
        tags=["gpu"],
        render={"denoise": False, "percentage": 50},
        size_given=True,
        width=320,
        height=180,
        frame_limit_s=90.0,
        output_dir=str(farm.root / "renders" / "lantern" / "v001"),
    )
    text = farm.text(f"/shots/{shot_id}")
    assert "Submit again…" in text
    location = farm.get(f"/shots/{shot_id}/clone").location
    assert location == f"/submit?like={shot_id}"
    text = farm.text(location)
    assert 'name="frames" value="1-10"' in text
    assert 'name="width" value="640"' in text
    assert 'name="frame_limit_s" value="90"' in text
    assert '<option value="no" selected>' in text
    assert 'name="output" value=""' in text
    assert 'name="tags" value="gpu"' in text


def test_a_shot_is_submitted_again_by_the_api(farm):
    blend = farm.blend()
    first = farm.client.post(
        "/api/v1/shots", json={"blend": str(blend), "frames": "1-4", "notes": "First."}
    ).json
    answer = farm.client.post(
        f"/api/v1/shots/{first['shot']['id']}/clone", json={"frames": "1-2", "priority": 90}
    )
    assert answer.status_code == 201
    assert answer.json["output_dir"].endswith("/renders/tiny/v002")
    shot = one(farm, answer.json["shot"]["id"])
    assert (shot["frame_count"], shot["priority"], shot["notes"]) == (2, 90, "")
    assert farm.client.post("/api/v1/shots/99/clone", json={}).status_code == 404


def test_the_api_changes_what_is_named_and_nothing_else(farm, shot_id):
    answer = farm.client.patch(
        f"/api/v1/shots/{shot_id}",
        json={"frames": "1-20", "tags": "gpu", "samples": None, "race": True},
    )
    assert answer.status_code == 200
    shot = one(farm, shot_id)
    assert (shot["frame_count"], shot["tags"], shot["race"]) == (20, ["gpu"], True)
    assert (shot["render"], shot["priority"]) == ({}, 50)
    answer = farm.client.patch(f"/api/v1/shots/{shot_id}", json={"priority": 900, "pool": "a b"})
    assert {fault["field"] for fault in answer.json["faults"]} == {"priority", "pool"}


def test_the_api_refuses_a_change_of_what_was_changed_meanwhile(farm, shot_id):
    tag = one(farm, shot_id)["edit_tag"]
    url = f"/api/v1/shots/{shot_id}"
    with farm.writing() as session:  # a frame that is finished changes no setting
        session.get(Shot, shot_id).rev += 1
    headers = {"If-Match": f'"{tag}"'}
    assert farm.client.patch(url, json={"priority": 60}, headers=headers).status_code == 200
    assert farm.client.patch(url, json={"priority": 70}, headers=headers).status_code == 412
    assert one(farm, shot_id)["priority"] == 60
