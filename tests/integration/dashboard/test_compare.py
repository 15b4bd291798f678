"""Two pictures beside or over each other."""

import hashlib
from datetime import UTC, datetime

import pytest

from brender_farm.db.models import Frame, FrameVersion
from dashboard.keepsakes import keep_before_rerender


def digest_of(path):
    return hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()


def recorded(farm, shot_id, number, name="lantern"):
    """Write a frame's picture and record its digest; return its tag."""
    path = farm.write_frame(name, number)
    with farm.writing() as session:
        session.get(Frame, (shot_id, number)).digest = digest_of(path)
    return digest_of(path)[:16]


def rendered_again(farm, shot_id, number):
    """Ask for a frame again and let another picture take its place; return the earlier tag."""
    with farm.app.test_request_context():
        keep_before_rerender(shot_id, str(number))
    path = farm.root / "renders" / "lantern" / f"{number:04}.png"
    path.write_bytes(path.read_bytes() + b"\0")
    with farm.writing() as session:
        frame = session.get(Frame, (shot_id, number))
        session.add(
            FrameVersion(
                shot_id=shot_id,
                frame=number,
                digest=frame.digest,
                seconds=7.25,
                replaced_at=datetime.now(UTC),
            )
        )
        earlier, frame.digest = frame.digest[:16], digest_of(path)
    return earlier


@pytest.fixture
def shot_id(farm):
    shot_id = farm.add_shot("lantern_v001", done=3, output_dir=str(farm.root / "renders/lantern"))
    for number in (1, 2, 3):
        recorded(farm, shot_id, number)
    return shot_id


def test_a_frame_is_compared_with_the_next_when_nothing_is_nearer(farm, shot_id):
    page = farm.text(f"/compare?shot={shot_id}&frame=1")
    assert f"/shots/{shot_id}/frames/1/large.jpg" in page
    assert f"/shots/{shot_id}/frames/2/large.jpg" in page


def test_another_version_of_the_shot_is_offered_and_taken(farm, shot_id):
    other = farm.add_shot("lantern_v002", done=3)
    page = farm.text(f"/compare?shot={shot_id}&frame=2")
    assert f"{other} lantern_v002</a>" in page
    assert f"/shots/{other}/frames/2/large.jpg" in page


def test_what_a_frame_was_before_can_be_seen_beside_what_it_is(farm, shot_id):
    earlier = rendered_again(farm, shot_id, 2)
    frame_page = farm.text(f"/shots/{shot_id}/frames/2")
    assert "Earlier pictures" in frame_page
    assert f"with_version={earlier}" in frame_page
    page = farm.text(f"/compare?shot={shot_id}&frame=2")  # that is what is most worth seeing
    assert f"/shots/{shot_id}/frames/2/large.jpg?v={earlier}" in page
    assert "as it was until" in page
    assert "7.2 s" in page
    picture = farm.get(f"/shots/{shot_id}/frames/2/large.jpg?v={earlier}")
    assert picture.mimetype == "image/jpeg"


def test_a_preview_of_what_was_there_before_stays_when_the_new_one_is_made(farm, shot_id):
    earlier = rendered_again(farm, shot_id, 2)
    now = farm.get(f"/api/v1/shots/{shot_id}/frames?offset=1&limit=1").json["frames"][0]["tag"]
    assert farm.get(f"/shots/{shot_id}/frames/2/large.jpg?v={now}").mimetype == "image/jpeg"
    assert farm.get(f"/shots/{shot_id}/frames/2/large.jpg?v={earlier}").mimetype == "image/jpeg"


def test_a_picture_is_never_kept_under_the_tag_of_another(farm, shot_id):
    with farm.writing() as session:
        session.add(
            FrameVersion(shot_id=shot_id, frame=1, digest="ab" * 20, replaced_at=datetime.now(UTC))
        )
    unkept = farm.get(f"/shots/{shot_id}/frames/1/large.jpg?v={'ab' * 8}")
    assert "No preview was kept" in unkept.text
    unknown = farm.get(f"/shots/{shot_id}/frames/1/large.jpg?v=fedcba")
    assert unknown.status_code == 302
    assert unknown.headers["Cache-Control"] == "no-store"
    followed = farm.get(unknown.headers["Location"])
    assert followed.mimetype == "image/jpeg"


def test_a_file_that_was_replaced_already_leaves_no_wrong_keepsake(farm, shot_id):
    path = farm.root / "renders" / "lantern" / "0001.png"
    path.write_bytes(path.read_bytes() + b"\0")  # the database does not know yet
    with farm.app.test_request_context():
        keep_before_rerender(shot_id, "1")
    assert list((farm.settings.data_dir / "thumbnails").rglob("*.jpg")) == []


def test_asking_for_a_frame_again_keeps_its_picture(farm, shot_id):
    assert farm.post(f"/shots/{shot_id}/frames/1/rerender").status_code == 302
    kept = (farm.settings.data_dir / "thumbnails").rglob("1-large-*.jpg")
    assert len(list(kept)) == 1
    url = f"/api/v1/shots/{shot_id}/rerender"
    assert farm.client.post(url, json={"frames": "2-3"}).json["count"] == 2
    kept = (farm.settings.data_dir / "thumbnails").rglob("*-large-*.jpg")
    assert len(list(kept)) == 3


@pytest.mark.parametrize(
    ("mode", "sign"),
    [("side", 'class="sides"'), ("wipe", "data-wipe-handle"), ("difference", "gain-4")],
)
def test_pictures_are_shown_beside_and_over_each_other(farm, shot_id, mode, sign):
    url = f"/compare?shot={shot_id}&frame=1&with_shot={shot_id}&with_frame=2&mode={mode}&gain=4"
    page = farm.text(url)
    assert sign in page
    assert page.count("data-zoom-layer") == 2


def test_neighbours_and_the_other_way_round_are_one_step_away(farm, shot_id):
    page = farm.text(f"/compare?shot={shot_id}&frame=1&with_shot={shot_id}&with_frame=2&mode=wipe")
    assert "with_frame=3" in page
    assert 'rel="next"' in page
    assert 'rel="prev"' not in page
    swapped = f"/compare?shot={shot_id}&amp;frame=2&amp;with_shot={shot_id}&amp;with_frame=1"
    assert swapped in page


def test_steps_through_before_and_after_stay_before_and_after(farm, shot_id):
    for number in (1, 2):
        rendered_again(farm, shot_id, number)
    page = farm.text(f"/compare?shot={shot_id}&frame=1")
    assert "with_version=before" in page
    following = farm.text(
        f"/compare?shot={shot_id}&frame=2&with_shot={shot_id}&with_frame=2&with_version=before"
    )
    assert "as it was until" in following


def test_the_same_picture_on_both_sides_is_said(farm, shot_id):
    url = f"/compare?shot={shot_id}&frame=1&with_shot={shot_id}&with_frame="
    assert "Both sides show the same picture" in farm.text(f"{url}1")
    assert "same file, byte for byte" in farm.text(f"{url}2")  # the test's frames are alike


def test_a_frame_without_a_picture_says_so(farm, shot_id):
    page = farm.text(f"/compare?shot={shot_id}&frame=1&with_shot={shot_id}&with_frame=7")
    assert "frame 7 of lantern_v001: pending, there is no picture" in page


def test_what_is_not_there_cannot_be_compared(farm, shot_id):
    assert farm.get("/compare").status_code == 404
    assert farm.get(f"/compare?shot={shot_id}&frame=99").status_code == 404
    assert farm.get(f"/compare?shot={shot_id}&frame=1&with_shot=99").status_code == 404


def test_the_api_tells_what_a_frame_was(farm, shot_id):
    earlier = rendered_again(farm, shot_id, 2)
    (told,) = farm.get(f"/api/v1/shots/{shot_id}/frames/2/versions").json["versions"]
    assert (told["tag"], told["seconds"]) == (earlier, 7.25)
    path = told["preview_url"].partition("localhost")[2]
    assert farm.get(path).mimetype == "image/jpeg"
    assert farm.get(f"/api/v1/shots/{shot_id}/frames/1/versions").json == {"versions": []}
    assert farm.get("/api/v1/shots/99/frames/1/versions").status_code == 404
