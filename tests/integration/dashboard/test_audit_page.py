"""Files that are checked when someone asks: on the page, and by the API."""

import hashlib
import threading
from datetime import UTC, datetime

import pytest

from brender_farm.db.models import Frame, Shot
from dashboard import audits
from dashboard.views import audit as audit_view
from tests.waiting import wait_for


@pytest.fixture
def proven(farm):
    """Return a completed shot whose two files are as they are recorded."""
    shot_id = farm.add_shot("lantern", done=2, count=2, state="completed", pending="")
    for number in (1, 2):
        content = farm.write_frame("lantern", number).read_bytes()
        with farm.writing() as session:
            frame = session.get(Frame, (shot_id, number))
            frame.byte_count = len(content)
            frame.digest = hashlib.blake2b(content, digest_size=20).hexdigest()
    return shot_id


def picture(farm, number):
    return farm.root / "renders" / "lantern" / f"{number:04}.png"


def test_files_that_are_as_published_are_said_to_be(farm, proven):
    assert "not checked since they were proven" in farm.text(f"/shots/{proven}")
    farm.post(f"/shots/{proven}/audit")
    text = farm.text(f"/shots/{proven}")
    assert "2 finished frames checked: all as published." in text
    assert "As published" in text
    assert "every byte of 2 frames" in text


def test_a_missing_file_is_named_and_rendered_again(farm, proven):
    picture(farm, 2).unlink()
    farm.post(f"/shots/{proven}/audit")
    text = farm.text(f"/shots/{proven}")
    assert "2 finished frames checked: 1 frame not as published." in text
    assert "1 of 2 finished frames is not as published; 1 frame will be rendered again." in text
    assert f'href="/shots/{proven}/frames/2"' in text
    assert farm.get(f"/api/v1/shots/{proven}").json["state"] == "queued"


def test_an_audit_that_takes_long_is_followed_on_the_page(farm, proven, monkeypatch):
    halfway, go_on = threading.Event(), threading.Event()
    audit_shot = audits.audit_shot

    def slowly(*arguments, on_frame, **options):
        def rest(done, total):
            on_frame(done, total)
            halfway.set()
            go_on.wait(30)

        return audit_shot(*arguments, on_frame=rest, **options)

    monkeypatch.setattr(audits, "audit_shot", slowly)
    monkeypatch.setattr(audit_view, "WAIT_S", 0.0)
    before = farm.tag(f"/shots/{proven}")
    farm.post(f"/shots/{proven}/audit")
    assert halfway.wait(30)
    text = farm.text(f"/shots/{proven}")
    assert "The files are being checked." in text
    assert "Being checked: 1 of 2" in text
    assert farm.get(f"/shots/{proven}/live?tag={before}").status_code == 200
    go_on.set()
    wait_for(lambda: "every byte of 2 frames" in farm.text(f"/shots/{proven}"), "it is through")


def test_an_old_finding_is_not_news_once_the_shot_is_finished_again(farm, proven):
    picture(farm, 2).unlink()
    farm.post(f"/shots/{proven}/audit")
    assert "Files checked" in farm.text(f"/shots/{proven}")
    with farm.writing() as session:
        shot = session.get(Shot, proven)
        shot.state, shot.finished_at = "completed", datetime.now(UTC)
    assert "Files checked" not in farm.text(f"/shots/{proven}")


def test_a_folder_that_is_not_there_changes_nothing_and_is_said(farm):
    shot_id = farm.add_shot("nowhere", done=2, count=2, state="completed", pending="")
    farm.post(f"/shots/{shot_id}/audit")
    text = farm.text(f"/shots/{shot_id}")
    assert "Not everything could be checked." in text
    assert "Could not be checked" in text
    assert farm.get(f"/api/v1/shots/{shot_id}").json["done_count"] == 2


def test_the_api_audits(farm, proven):
    response = farm.client.post(f"/api/v1/shots/{proven}/audit", json={"full": True})
    assert response.status_code == 200
    found = response.json
    assert (found["running"], found["checked_count"], found["frame_count"]) == (False, 2, 2)
    assert (found["result"]["is_well"], found["result"]["full"]) == (True, True)
    assert farm.get(f"/api/v1/shots/{proven}").json["audit"] == found["result"]


def test_the_api_names_what_is_bad(farm, proven):
    picture(farm, 1).write_bytes(b"other")
    response = farm.client.post(f"/api/v1/shots/{proven}/audit", json={"full": False})
    result = response.json["result"]
    assert (result["bad_count"], result["put_back_count"], result["full"]) == (1, 1, False)
    assert [bad["frame"] for bad in result["bad"]] == [1]


def test_a_shot_that_was_never_audited_has_no_result(farm):
    assert farm.get(f"/api/v1/shots/{farm.add_shot()}").json["audit"] is None


def test_a_shot_that_is_not_there_cannot_be_audited(farm):
    assert farm.post("/shots/99/audit").status_code == 404
    assert farm.client.post("/api/v1/shots/99/audit", json={}).status_code == 404


def test_an_audit_that_breaks_is_a_clear_error(farm, proven, monkeypatch):
    def fail(*_arguments, **_options):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(audits, "audit_shot", fail)
    response = farm.client.post(f"/api/v1/shots/{proven}/audit", json={})
    assert response.status_code == 500
    assert "the dashboard's log says why" in response.json["detail"]
    assert "secret" not in response.text


def test_a_form_from_another_site_starts_no_audit(farm, proven):
    assert farm.client.post(f"/shots/{proven}/audit").status_code == 400
    assert farm.get(f"/api/v1/shots/{proven}").json["audit"] is None
