"""The pages and the API of presets."""

from __future__ import annotations

import re

from brender_farm.service.presets import list_presets


def rows(farm):
    with farm.app.app_context():
        return {row.name: row for row in list_presets()}


def test_the_page_says_what_each_preset_sets(farm):
    text = farm.text("/presets")
    assert "1080p" in text
    assert "1280 × 720" in text
    assert 'href="/presets/new"' in text
    assert re.search(r'href="/presets" class="active"', text), "the menu leads here"


def test_a_preset_is_added_by_the_form(farm):
    response = farm.post("/presets/new", name="Draft", percentage="25", denoise="no", engine="")
    assert response.status_code == 302
    assert rows(farm)["Draft"].settings == {"percentage": 25, "denoise": False}
    text = farm.text("/presets")
    assert "Preset Draft is added." in text
    assert "25 % of the resolution" in text
    told = farm.text("/events?subject=preset")
    assert "Preset Draft was added: 25 % of the resolution, not denoised." in told
    assert f'<a href="/presets/{rows(farm)["Draft"].id}">Draft</a>' in told


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(farm):
    response = farm.post("/presets/new", name="Draft", percentage="half", samples="16")
    assert response.status_code == 422
    assert "&#39;half&#39; is not a percentage" in response.text
    assert 'value="16"' in response.text
    assert 'aria-describedby="percentage-fault-1"' in response.text
    assert len(rows(farm)) == 2


def test_a_preset_is_changed_by_the_form(farm):
    old = rows(farm)["720p"]
    text = farm.text(f"/presets/{old.id}")
    assert 'value="1280"' in text
    response = farm.post(f"/presets/{old.id}", name="HD", width="1280", height="720", samples="9")
    assert response.status_code == 302
    assert rows(farm)["HD"].settings == {"width": 1280, "height": 720, "samples": 9}
    assert "720p" not in rows(farm)


def test_a_change_that_is_refused_says_so(farm):
    old = rows(farm)["720p"]
    response = farm.post(f"/presets/{old.id}", name="1080p", samples="9")
    assert response.status_code == 422
    assert "There is a preset 1080p already." in response.text


def test_a_duplicate_begins_with_the_same_settings(farm):
    text = farm.text(f"/presets/new?like={rows(farm)['720p'].id}")
    assert 'value="720p copy"' in text
    assert 'value="1280"' in text


def test_deleting_asks_first_and_says_what_follows(farm):
    old = rows(farm)["720p"]
    assert "keep the settings they were submitted with" in farm.text(f"/presets/{old.id}/delete")
    assert farm.post(f"/presets/{old.id}/delete").status_code == 302
    assert "720p" not in rows(farm)
    assert "Preset 720p is deleted." in farm.text("/presets")
    assert farm.get(f"/presets/{old.id}").status_code == 404


def test_a_form_without_a_token_changes_nothing(farm):
    assert farm.client.post("/presets/new", data={"name": "X", "samples": "4"}).status_code == 400
    assert len(rows(farm)) == 2


def test_a_name_is_never_taken_for_html(farm):
    farm.post("/presets/new", name="<b>bold</b>", samples="4")
    assert "<b>bold" not in farm.text("/presets")
    assert "<b>bold" not in farm.text(f"/presets/{rows(farm)['<b>bold</b>'].id}/delete")


def test_the_api_lists_adds_changes_and_removes(farm):
    listed = farm.get("/api/v1/presets").json["presets"]
    assert listed[0]["name"] == "1080p"
    assert listed[0]["settings"] == {"width": 1920, "height": 1080, "percentage": 100}
    added = farm.client.post(
        "/api/v1/presets", json={"name": "Final", "settings": {"samples": 512, "denoise": True}}
    )
    assert added.status_code == 201
    assert added.json["words"] == ["512 samples", "denoised"]
    where = added.headers["Location"]
    assert farm.get(where).json == added.json
    changed = farm.client.put(where, json={"name": "Final", "settings": {"samples": 256}})
    assert changed.json["settings"] == {"samples": 256}
    assert (
        farm.client.delete(where, headers={"Content-Type": "application/json"}).status_code == 204
    )
    assert farm.get(where).status_code == 404


def test_the_api_names_each_fault(farm):
    response = farm.client.post(
        "/api/v1/presets", json={"name": "", "settings": {"samples": 0, "format": "GIF"}}
    )
    assert response.status_code == 422
    assert {fault["field"] for fault in response.json["faults"]} == {"name", "samples", "format"}


def test_a_shot_is_submitted_with_render_settings_by_the_api(farm):
    body = {
        "blend": str(farm.blend()), "preset": "720p", "samples": 8, "denoise": False,
        "view_layers": ["ViewLayer"], "color_depth": "16", "notes": "for the dailies",
    }  # fmt: skip
    response = farm.client.post("/api/v1/shots", json=body)
    assert response.status_code == 201, response.text
    detail = farm.get(f"/api/v1/shots/{response.json['shot']['id']}").json
    assert (detail["width"], detail["height"], detail["size_given"]) == (1280, 720, True)
    assert detail["notes"] == "for the dailies"
    assert detail["render"] == {
        "percentage": 100, "samples": 8, "denoise": False, "view_layers": ["ViewLayer"],
        "color_depth": "16",
    }  # fmt: skip


def test_the_shot_page_says_what_a_shot_changes_in_words(farm):
    shot_id = farm.add_shot(render={"percentage": 25, "camera": "Far <i>"})
    text = farm.text(f"/shots/{shot_id}")
    assert "25 % of the resolution" in text
    assert "the camera Far &lt;i&gt;" in text
    assert "Render settings" not in farm.text(f"/shots/{farm.add_shot('plain')}")
