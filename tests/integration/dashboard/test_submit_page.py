from dataclasses import fields

from brender_farm.service.requests import ShotRequest
from dashboard.blend_browser import crumbs


def test_the_browser_lists_folders_and_blend_files(farm):
    farm.blend()
    (farm.root / "shots").mkdir()
    (farm.root / "notes.txt").write_text("x")
    text = farm.text("/submit")
    assert f"/submit?folder={farm.root}/shots" in text.replace("%2F", "/")
    assert f"/submit?file={farm.root}/tiny.blend" in text.replace("%2F", "/")
    assert "notes.txt" not in text


def test_the_browser_filters_by_name(farm):
    farm.blend("tiny.blend")
    farm.blend("film.blend")
    text = farm.text(f"/submit?folder={farm.root}&search=FIL")
    assert "film.blend" in text
    assert "tiny.blend" not in text


def test_an_empty_folder_says_so(farm):
    assert "No .blend file here" in farm.text("/submit")


def test_nothing_outside_the_roots_is_shown(farm):
    for url in (
        "/submit?folder=/etc",
        "/submit?file=/etc/passwd",
        "/files/blend-thumbnail?path=/etc/passwd",
    ):
        response = farm.get(url)
        assert response.status_code == 422
        assert "outside the folders" in response.text


def test_the_way_back_begins_at_the_root(tmp_path):
    path = tmp_path / "a" / "b"
    assert [name for name, _ in crumbs(path, (tmp_path,))] == [str(tmp_path), "a", "b"]
    assert crumbs(None, (tmp_path,)) == []


def test_a_chosen_file_fills_the_form(farm):
    blend = farm.blend("tiny.blend")
    text = farm.text(f"/submit?file={blend}")
    assert 'name="name" value="tiny"' in text
    assert 'name="priority" value="50"' in text
    assert "160 × 90" in text


def test_another_scene_of_the_file_can_be_chosen(farm):
    blend = farm.blend("two_scenes.blend")
    text = farm.text(f"/submit?file={blend}")
    assert text.count(f"/submit?file={blend}&amp;scene=".replace("/", "%2F")) or "scene=" in text


def test_missing_files_are_listed(farm):
    text = farm.text(f"/submit?file={farm.blend('missing_texture.blend')}")
    assert "missing" in text
    assert "wood.png" in text


def test_a_file_that_is_no_blend_is_refused_with_a_reason(farm):
    fake = farm.root / "fake.blend"
    fake.write_bytes(b"\x89PNG\r\n\x1a\n not a blend")
    response = farm.get(f"/submit?file={fake}")
    assert response.status_code == 422
    assert "fake.blend" in response.text


def test_a_submitted_shot_appears_on_its_page(farm):
    blend = farm.blend()
    response = farm.post(
        "/submit", blend=str(blend), name="lantern", frames="1-4", priority="70", chunk_size="2"
    )
    assert response.status_code == 302
    text = farm.text(response.location)
    assert "“lantern” is submitted" in text
    assert "Frame 4: Pending" in text


def test_faults_stand_beside_their_fields_and_what_was_typed_is_kept(farm):
    blend = farm.blend()
    response = farm.post(
        "/submit", blend=str(blend), name="lantern", frames="one to ten", priority="soon"
    )
    assert response.status_code == 422
    assert 'value="one to ten"' in response.text
    assert 'value="soon"' in response.text
    assert 'id="frames-fault"' in response.text
    assert 'id="priority-fault"' in response.text
    assert farm.get("/api/v1/shots").json["total"] == 0


def test_a_form_from_another_site_is_refused(farm):
    blend = farm.blend()
    assert farm.client.post("/submit", data={"blend": str(blend)}).status_code == 400
    assert farm.get("/api/v1/shots").json["total"] == 0


def test_frames_are_understood_as_they_are_typed(farm):
    blend = farm.blend()
    text = farm.post("/submit/preview", blend=str(blend), frames="1-100x2", chunk_size="10").text
    assert "50 frames" in text
    assert "5 chunks" in text
    assert "Frames:" in farm.post("/submit/preview", blend=str(blend), frames="x").text


def test_a_blend_without_a_stored_picture_gets_a_placeholder(farm):
    response = farm.get(f"/files/blend-thumbnail?path={farm.blend()}")
    assert response.mimetype in {"image/png", "image/svg+xml"}
    assert farm.get(f"/files/blend-thumbnail?path={farm.root}/gone.blend").status_code == 200


def test_a_snapshot_and_limits_are_submitted_with_the_form(farm):
    blend = farm.blend()
    response = farm.post(
        "/submit",
        blend=str(blend),
        name="lantern",
        snapshot="yes",
        frame_limit_s="90",
        memory_limit_gb="1.5",
    )
    shot = farm.get(response.location.replace("/shots/", "/api/v1/shots/")).json
    assert (shot["frame_limit_s"], shot["memory_limit_bytes"]) == (90, 1_500_000_000)
    assert (shot["snapshot"], shot["source_blend"]) == (True, str(blend))
    assert shot["blend"].endswith(".brender.blend")


def test_what_is_left_empty_is_no_limit_and_no_snapshot(farm):
    response = farm.post("/submit", blend=str(farm.blend()), frame_limit_s="", memory_limit_gb=" ")
    shot = farm.get(response.location.replace("/shots/", "/api/v1/shots/")).json
    assert (shot["frame_limit_s"], shot["memory_limit_bytes"]) == (None, None)
    assert (shot["snapshot"], shot["source_blend"]) == (False, None)


def test_more_settings_are_folded_away_until_they_matter(farm):
    blend = farm.blend()
    assert '<details class="wide more-settings">' in farm.text(f"/submit?file={blend}")
    text = farm.post("/submit", blend=str(blend), memory_limit_gb="8 GB", snapshot="yes").text
    assert '<details class="wide more-settings" open>' in text
    assert 'value="8 GB"' in text
    assert 'id="memory_limit_gb-fault"' in text
    assert 'value="yes" checked' in text


def test_the_browser_does_not_show_snapshots(farm):
    blend = farm.blend()
    farm.post("/submit", blend=str(blend), snapshot="yes")
    assert len(list(farm.root.glob(".*.brender.blend"))) == 1
    for url in (f"/submit?folder={farm.root}", f"/submit?folder={farm.root}&search=brender"):
        assert ".brender.blend" not in farm.text(url)


def test_a_snapshot_that_is_chosen_by_its_path_is_refused(farm):
    farm.post("/submit", blend=str(farm.blend()), snapshot="yes")
    [copy] = farm.root.glob(".*.brender.blend")
    response = farm.post("/submit", blend=str(copy), name="again")
    assert response.status_code == 422
    assert "a snapshot that belongs to a shot" in response.text


def test_checking_as_one_types_copies_nothing(farm):
    farm.post("/submit/preview", blend=str(farm.blend()), snapshot="yes")
    assert list(farm.root.glob(".*")) == []


def test_files_below_the_folder_are_found_by_name(farm):
    (farm.root / "seq" / "shots").mkdir(parents=True)
    farm.blend().rename(farm.root / "seq" / "shots" / "lantern_010.blend")
    text = farm.text(f"/submit?folder={farm.root}&search=LANTERN")
    assert "lantern_010" in text
    assert "seq/shots" in text
    assert "Nothing matches" in farm.text(f"/submit?folder={farm.root}&search=harbour")


def test_files_used_last_are_on_top(farm):
    farm.blend()
    assert "Used last" not in farm.text("/submit")
    farm.add_shot()
    text = farm.text("/submit")
    assert "Used last" in text
    assert "Used last" not in farm.text(f"/submit?folder={farm.root}&search=tiny")
    (farm.root / "tiny.blend").unlink()
    assert "Used last" not in farm.text("/submit")


def test_several_files_are_submitted_with_one_form(farm):
    files = [str(farm.blend(name)) for name in ("tiny.blend", "two_scenes.blend")]
    text = farm.text(f"/submit?file={files[0]}&file={files[1]}")
    assert "2 files" in text
    assert 'name="frames"' not in text
    response = farm.post("/submit", blend=files, priority="70", percentage="50")
    assert (response.status_code, response.location) == (302, "/shots")
    assert "2 shots are submitted" in farm.text("/shots")
    listed = farm.get("/api/v1/shots?sort=name").json["shots"]
    assert [(shot["name"], shot["priority"]) for shot in listed] == [
        ("tiny", 70),
        ("two_scenes", 70),
    ]


def test_files_that_are_refused_stay_in_the_form_with_their_reason(farm):
    fake = farm.root / "fake.blend"
    fake.write_bytes(b"\x89PNG\r\n\x1a\n not a blend")
    response = farm.post("/submit", blend=[str(farm.blend()), str(fake), "/etc/passwd"])
    assert response.status_code == 422
    assert "1 shot submitted; 2 files refused" in response.text
    assert f'name="blend" value="{fake}"' in response.text
    assert f'value="{farm.root}/tiny.blend"' not in response.text
    assert farm.get("/api/v1/shots").json["total"] == 1


def test_a_fault_that_all_files_share_is_told_once_beside_its_field(farm):
    files = [str(farm.blend(name)) for name in ("tiny.blend", "film.blend")]
    response = farm.post("/submit", blend=files, priority="soon")
    assert response.text.count('id="priority-fault"') == 1
    assert farm.get("/api/v1/shots").json["total"] == 0


def test_the_preview_says_how_long_it_takes_on_which_nodes(farm):
    blend = farm.blend()
    farm.add_node(slots=2)
    shown = farm.post("/submit/preview", blend=str(blend), frames="1-10").text
    assert "no shot of this file was rendered yet" in shown
    assert "1 node" in shown
    farm.add_shot(done=10, state="completed", pending="", work_seconds=200.0, work_squared=4000.0)
    shown = farm.post("/submit/preview", blend=str(blend), frames="1-10").text
    assert "20.0 s a frame" in shown
    assert "about 100 s" in shown
    halved = farm.post("/submit/preview", blend=str(blend), frames="1-10", percentage="50").text
    assert "5.0 s a frame" in halved
    assert "80 × 45" in halved


def test_another_file_of_the_folder_says_roughly_how_long_it_takes(farm):
    blend = farm.blend("film.blend")
    farm.add_node()
    farm.add_shot(done=10, state="completed", pending="", work_seconds=200.0, work_squared=4000.0)
    shown = farm.post("/submit/preview", blend=str(blend), frames="1-10").text
    assert "as for another file in this folder" in shown


def test_the_preview_says_that_no_node_fits_and_why(farm):
    blend = farm.blend()
    assert "The farm has no node yet" in farm.post("/submit/preview", blend=str(blend)).text
    farm.add_node()
    shown = farm.post("/submit/preview", blend=str(blend), tags="gpu").text
    assert "No node can render it now." in shown
    assert "It needs the tag gpu" in shown


def test_the_preview_costs_a_few_queries_whatever_the_farm_has(farm):
    blend = str(farm.blend())
    for number in range(30):
        farm.add_node(f"node{number}")
        farm.add_shot(f"shot{number}")
    farm.post("/submit/preview", blend=blend)
    with farm.counted_queries() as seen:
        farm.post("/submit/preview", blend=blend)
    assert len(seen) < 40  # the form that the test asks for its token among them


def test_without_a_script_the_form_is_checked_by_a_button(farm):
    response = farm.post("/submit", blend=str(farm.blend()), frames="1-7", check="yes")
    assert response.status_code == 200
    assert "7 frames" in response.text
    assert farm.get("/api/v1/shots").json["total"] == 0


def test_every_field_of_a_request_is_in_the_form(farm):
    text = farm.text(f"/submit?file={farm.blend('two_scenes.blend')}")
    asked = {field.name for field in fields(ShotRequest)}
    missing = {name for name in asked if f'name="{name}"' not in text}
    # Chosen where there are several, by scene; a warning is shown before it is too late.
    assert missing <= {"camera", "view_layers", "show", "strict"}


def test_the_api_says_what_a_submission_would_become(farm):
    blend = farm.blend()
    farm.add_node()
    told = farm.client.post(
        "/api/v1/shots/outlook", json={"blend": str(blend), "frames": "1-10", "chunk_size": 4}
    ).json
    assert (told["frame_count"], told["chunk_count"], told["node_count"]) == (10, 3, 1)
    assert told["pace"] is None
    assert farm.get("/api/v1/shots").json["total"] == 0


def test_the_browser_begins_in_the_active_show_s_folder(farm):
    (farm.root / "lantern").mkdir()
    farm.blend().rename(farm.root / "lantern" / "sh010.blend")
    show = {"name": "Lantern", "root": str(farm.root / "lantern")}
    show_id = farm.client.post("/api/v1/shows", json=show).json["id"]
    assert "sh010" not in farm.text("/submit")
    farm.client.put(f"/api/v1/shows/{show_id}/active", json={})
    assert "sh010" in farm.text("/submit")
    assert "sh010" not in farm.text(f"/submit?folder={farm.root}")


def test_a_show_and_its_preset_are_chosen_in_the_form(farm):
    blend = farm.blend()
    farm.client.post("/api/v1/shows", json={"name": "Lantern", "root": str(farm.root)})
    draft = {"name": "Draft", "settings": {"percentage": 50, "samples": 4}}
    assert farm.client.post("/api/v1/presets", json=draft).status_code == 201
    text = farm.text(f"/submit?file={blend}")
    assert '<option value="Lantern">' in text
    assert "Draft · 50 % of the resolution, 4 samples" in text
    shown = farm.post("/submit/preview", blend=str(blend), preset="Draft", samples="8").text
    assert "80 × 45" in shown
    assert "8 samples" in shown
