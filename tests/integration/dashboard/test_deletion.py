"""Shots that are deleted: asked first on the page, and by the API."""


def test_deleting_is_confirmed_by_name_and_frame_counts(farm):
    shot_id = farm.add_shot("lantern", done=4, count=10, state="rendering", pending_count=2)
    text = farm.text(f"/shots/{shot_id}/delete")
    assert "Delete “lantern”?" in text
    assert "this shot of <b>10 frames</b>" in text
    assert "4 frames rendering now are killed at once." in text
    assert "2 pending frames will not be rendered." in text
    assert "4 finished frames stay on disk" in text
    assert str(farm.root / "renders" / "lantern") in text
    assert "snapshot" not in text
    assert farm.get(f"/shots/{shot_id}").status_code == 200


def test_the_snapshot_is_named_where_there_is_one(farm):
    shot_id = farm.add_shot(source_blend=str(farm.root / "lantern.blend"))
    assert "its snapshot of the .blend" in farm.text(f"/shots/{shot_id}/delete")


def test_a_deleted_shot_is_gone_and_its_files_stay(farm):
    shot_id = farm.add_shot("lantern", done=1)
    picture = farm.write_frame("lantern", 1)
    response = farm.post(f"/shots/{shot_id}/delete")
    assert (response.status_code, response.location) == (302, "/shots")
    assert "“lantern” was deleted. 1 finished frame left in" in farm.text("/shots")
    assert farm.get(f"/shots/{shot_id}").status_code == 404
    assert farm.get(f"/shots/{shot_id}/live?tag=1").status_code == 404
    assert picture.exists()


def test_a_form_from_another_site_deletes_nothing(farm):
    shot_id = farm.add_shot()
    assert farm.client.post(f"/shots/{shot_id}/delete").status_code == 400
    assert farm.get(f"/shots/{shot_id}").status_code == 200


def test_what_is_not_there_cannot_be_deleted(farm):
    assert farm.get("/shots/99/delete").status_code == 404
    assert farm.post("/shots/99/delete").status_code == 404


def test_the_api_deletes(farm):
    shot_id = farm.add_shot(done=2)
    response = farm.client.delete(f"/api/v1/shots/{shot_id}")
    assert (response.status_code, response.data) == (204, b"")
    assert farm.get(f"/api/v1/shots/{shot_id}").status_code == 404
    again = farm.client.delete(f"/api/v1/shots/{shot_id}")
    assert (again.status_code, again.mimetype) == (404, "application/problem+json")
