from __future__ import annotations

from brender_farm.db.models import Shot


def feed(farm, shot_id, offset=0):
    return farm.get(f"/shots/{shot_id}/play/frames.json?offset={offset}").json


def test_frames_are_played_by_number_and_gaps_are_known(farm):
    shot_id = farm.add_shot(count=5, done=3)
    with farm.writing() as session:
        session.get(Shot, shot_id).frames = "5,3,1-2,4"  # their order of rendering
    found = feed(farm, shot_id)
    assert found["total"] == 5
    assert [(frame, bool(tag)) for frame, tag in found["frames"]] == [
        (1, True),
        (2, True),
        (3, True),
        (4, False),
        (5, False),
    ]


def test_a_long_shot_comes_in_parts(farm):
    shot_id = farm.add_shot(count=2500)
    assert [len(feed(farm, shot_id, offset)["frames"]) for offset in (0, 2000, 2500)] == [
        2000,
        500,
        0,
    ]


def test_what_is_fed_can_be_shown(farm):
    shot_id = farm.add_shot("lantern", count=2, done=1)
    farm.write_frame("lantern", 1)
    frame, tag = feed(farm, shot_id)["frames"][0]
    picture = farm.get(f"/shots/{shot_id}/frames/{frame}/film.jpg?v={tag}")
    assert picture.mimetype == "image/jpeg"


def test_the_player_of_a_shot_that_is_not_there_is_not_there(farm):
    assert farm.get("/shots/7/play").status_code == 404
    assert farm.get("/shots/7/play/frames.json").status_code == 404


def test_without_javascript_the_player_leads_to_the_frames(farm):
    shot_id = farm.add_shot(done=2)
    assert "Playing needs JavaScript" in farm.text(f"/shots/{shot_id}/play")
    assert f"/shots/{shot_id}/play" in farm.text(f"/shots/{shot_id}")
