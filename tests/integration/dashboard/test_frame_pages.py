import re

from brender_farm.db.models import Frame

TAG = f"{1:040x}"[:16]


def test_a_frame_shows_its_figures_and_its_neighbours(farm):
    shot_id = farm.add_shot("lantern", done=3)
    text = farm.text(f"/shots/{shot_id}/frames/2")
    assert f"/shots/{shot_id}/frames/2/large.jpg" in text
    here = f'href="/shots/{shot_id}/frames'
    assert re.search(rf'rel="prev" data-key="ArrowLeft"[^>]* {here}/1"', text)
    assert re.search(rf'rel="next" data-key="ArrowRight"[^>]* {here}/3"', text)
    assert "2 of 10" in text


def test_the_first_and_the_last_frame_have_one_neighbour(farm):
    shot_id = farm.add_shot()
    assert 'rel="prev"' not in farm.text(f"/shots/{shot_id}/frames/1")
    assert 'rel="next"' not in farm.text(f"/shots/{shot_id}/frames/10")


def test_a_frame_that_is_not_of_the_shot_is_not_found(farm):
    shot_id = farm.add_shot()
    response = farm.get(f"/shots/{shot_id}/frames/11")
    assert response.status_code == 404
    assert "1-10" in response.text


def test_a_pending_frame_has_no_picture_yet(farm):
    assert "no picture yet" in farm.text(f"/shots/{farm.add_shot()}/frames/5")


def test_a_frame_page_is_polled_with_its_tag(farm):
    shot_id = farm.add_shot(done=1)
    tag = farm.tag(f"/shots/{shot_id}/frames/1")
    assert farm.get(f"/shots/{shot_id}/frames/1/live?tag={tag}").status_code == 304
    assert farm.get(f"/shots/{shot_id}/frames/1/live?tag=old").status_code == 200


def test_a_picture_is_made_once_and_kept_by_browsers_for_ever(farm):
    shot_id = farm.add_shot("lantern", done=1)
    farm.write_frame("lantern", 1)
    url = f"/shots/{shot_id}/frames/1/thumb.jpg?v={TAG}"
    first = farm.get(url)
    assert (first.status_code, first.mimetype) == (200, "image/jpeg")
    assert "immutable" in first.headers["Cache-Control"]
    with farm.counted_queries() as queries:
        assert farm.get(url).data == first.data
    assert queries == []


def test_a_frame_whose_file_is_gone_or_broken_gets_a_placeholder_that_is_not_kept(farm):
    shot_id = farm.add_shot("lantern", done=1)
    gone = farm.get(f"/shots/{shot_id}/frames/1/thumb.jpg?v={TAG}")
    assert (gone.status_code, gone.mimetype) == (200, "image/svg+xml")
    assert gone.headers["Cache-Control"] == "no-store"
    assert "File is gone" in gone.text
    farm.write_frame("lantern", 1).write_bytes(b"\x89PNG broken")
    assert "Cannot be shown" in farm.get(f"/shots/{shot_id}/frames/1/thumb.jpg?v={TAG}").text


def test_only_finished_frames_have_files_and_pictures(farm):
    shot_id = farm.add_shot("lantern", done=1)
    farm.write_frame("lantern", 2)
    assert farm.get(f"/shots/{shot_id}/frames/2/file").status_code == 404
    assert farm.get(f"/shots/{shot_id}/frames/2/thumb.jpg?v=abc").status_code == 404


def test_a_tag_or_kind_that_cannot_be_is_not_found(farm):
    shot_id = farm.add_shot(done=1)
    assert farm.get(f"/shots/{shot_id}/frames/1/thumb.jpg?v=../../x").status_code == 404
    assert farm.get(f"/shots/{shot_id}/frames/1/huge.jpg?v=abc").status_code == 404


def test_the_rendered_file_itself_can_be_opened(farm):
    shot_id = farm.add_shot("lantern", done=1)
    path = farm.write_frame("lantern", 1)
    assert farm.get(f"/shots/{shot_id}/frames/1/file").data == path.read_bytes()


def test_the_poster_is_the_first_finished_frame(farm):
    shot_id = farm.add_shot("lantern", done=1)
    farm.write_frame("lantern", 1)
    assert farm.get(f"/shots/{shot_id}/poster.jpg").mimetype == "image/jpeg"
    assert farm.get(f"/shots/{farm.add_shot('b')}/poster.jpg").mimetype == "image/svg+xml"


def test_a_chunks_log_is_shown_followed_and_downloaded(farm):
    shot_id = farm.add_shot("lantern")
    chunk_id = farm.add_chunk(shot_id, farm.add_node())
    url = f"/chunks/{chunk_id}/log"
    assert "has not said anything yet" in farm.text(url)
    assert farm.get(f"{url}/raw").status_code == 404
    log = farm.root / "renders" / "lantern" / ".brender" / "logs" / f"{chunk_id}.log"
    log.parent.mkdir(parents=True)
    log.write_text("Fra:1 <b>Mem</b>\n", encoding="utf-8")
    text = farm.text(url)
    assert "Fra:1 &lt;b&gt;Mem" in text
    assert "data-follow" in text
    tag = farm.tag(url)
    assert farm.get(f"{url}/live?tag={tag}").status_code == 304
    raw = farm.get(f"{url}/raw")
    assert (raw.mimetype, raw.data) == ("text/plain", log.read_bytes())


def test_a_chunk_that_does_not_exist_has_no_log(farm):
    assert farm.get("/chunks/7/log").status_code == 404


def test_what_was_published_beside_a_frame_is_listed_and_downloaded(farm):
    shot_id = farm.add_shot("lantern", done=1)
    path = with_extra(farm, shot_id, "passes/0001_depth.exr")
    url = f"/shots/{shot_id}/frames/1"
    assert f'href="{url}/files/passes/0001_depth.exr"' in farm.text(url)
    got = farm.get(f"{url}/files/passes/0001_depth.exr")
    assert (got.status_code, got.data) == (200, path.read_bytes())
    assert got.headers["Content-Disposition"].startswith("attachment")
    frame = farm.get(f"/api/v1/shots/{shot_id}/frames?limit=1").json["frames"][0]
    assert frame["files"] == ["passes/0001_depth.exr"]


def test_only_recorded_files_are_served(farm):
    shot_id = farm.add_shot("lantern", done=2)
    path = with_extra(farm, shot_id, "passes/0001_depth.exr")
    (path.parent / "other.exr").write_bytes(b"x")
    for name in ("passes/other.exr", "0001.png", "../../tiny.blend", "passes/", "%00"):
        assert farm.get(f"/shots/{shot_id}/frames/1/files/{name}").status_code == 404, name
    assert farm.get(f"/shots/{shot_id}/frames/2/files/passes/0001_depth.exr").status_code == 404


def test_a_recorded_name_that_leads_out_of_the_output_folder_is_refused(farm):
    shot_id = farm.add_shot("lantern", done=1)
    farm.blend()
    with_extra(farm, shot_id, "passes/link.exr").unlink()
    folder = farm.root / "renders" / "lantern"
    (folder / "passes" / "link.exr").symlink_to(farm.root / "tiny.blend")
    assert farm.get(f"/shots/{shot_id}/frames/1/files/passes/link.exr").status_code == 404


def test_a_recorded_file_that_is_gone_is_not_found(farm):
    shot_id = farm.add_shot("lantern", done=1)
    with_extra(farm, shot_id, "passes/0001_depth.exr").unlink()
    response = farm.get(f"/shots/{shot_id}/frames/1/files/passes/0001_depth.exr")
    assert response.status_code == 404
    assert "is gone" in response.text


def with_extra(farm, shot_id, name):
    path = farm.root / "renders" / "lantern" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"a pass")
    with farm.writing() as session:
        frame = session.get(Frame, (shot_id, 1))
        frame.files = [{"name": name, "byte_count": 6, "digest": "0" * 40}]
    return path
