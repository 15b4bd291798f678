from __future__ import annotations

import re

import pytest

from brender_farm.db.models import Shot


@pytest.fixture
def three(farm) -> list[int]:
    """Return three shots: queued, completed, and queued with half of its frames done."""
    return [
        farm.add_shot("fog"),
        farm.add_shot("lantern", done=10, state="completed"),
        farm.add_shot("mill", done=5),
    ]


def states(farm) -> list[str]:
    with farm.writing() as session:
        return [str(shot.state) for shot in session.query(Shot).order_by(Shot.id)]


def test_selected_shots_are_paused_and_the_list_says_so(farm, three):
    answer = farm.post("/shots/bulk?sort=name", action="pause", shot=[three[0], three[2]])
    assert (answer.status_code, answer.location) == (302, "/shots?sort=name")
    assert "2 shots paused." in farm.text("/shots")
    assert states(farm) == ["paused", "completed", "paused"]


def test_every_shot_has_its_box_and_the_bar_every_action(farm, three):
    text = farm.text("/shots")
    assert len(re.findall(r'name="shot" value="\d+"', text)) == 3
    offered = set(re.findall(r'name="action" value="(\w+)"', text))
    assert offered == {
        *("pause", "resume", "retry", "start", "priority", "archive", "unarchive"),
        *("reset", "cancel", "delete"),
    }
    assert "that match" not in text, "the page shows all there are"


def test_what_was_refused_is_told_shot_by_shot(farm, three):
    answer = farm.post("/shots/bulk", action="pause", shot=three)
    text = farm.text(answer.location)
    assert "Pause: 2 done, 1 refused" in text
    assert "It is completed: &#39;pause&#39; is not possible now." in text
    assert f'href="/shots/{three[1]}"' in text
    assert farm.get("/shots/bulk/never-there").status_code == 404


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("cancel", ["Cancel 2 shots?", "<b>15 frames</b> will not be rendered", "1 other shot"]),
        ("reset", ["Reset 3 shots?", "<b>30 frames</b> are rendered again", "15 finished frames"]),
        ("delete", ["Delete 3 shots?", "forgets <b>30 frames</b>", "15 finished frames stay"]),
    ],
)
def test_what_cannot_be_taken_back_asks_first_naming_shots_and_frames(farm, three, action, words):
    before = states(farm)
    page = farm.post("/shots/bulk?sort=name", action=action, shot=three)
    assert page.status_code == 200
    for sentence in ("fog", "mill", *words):
        assert sentence in page.text
    assert states(farm) == before
    ids = re.search(r'name="ids" value="([^"]+)"', page.text)[1]
    farm.post("/shots/bulk?sort=name", action=action, ids=ids, confirmed="1", reason="Wrong cut.")
    assert states(farm) != before


def test_nothing_is_asked_when_nothing_would_be_reached(farm, three):
    page = farm.post("/shots/bulk", action="cancel", shot=three[1])
    assert "No shot can be cancelled" in page.text
    assert 'name="confirmed"' not in page.text


def test_all_that_match_are_meant_whatever_the_page_shows(farm):
    for number in range(30):
        farm.add_shot(f"fog_{number}")
    other = farm.add_shot("lantern")
    assert "All 30 that match" in farm.text("/shots?search=fog&size=25")
    farm.post("/shots/bulk?search=fog&size=25", action="priority", all="1", priority="90")
    with farm.writing() as session:
        assert session.query(Shot).filter(Shot.priority == 90).count() == 30
        assert session.get(Shot, other).priority == 50


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"action": "pause"}, "No shot is selected."),
        ({"action": "priority", "shot": "1"}, "Write the new priority into the field"),
        ({"action": "priority", "shot": "1", "priority": "101"}, "is not a priority"),
    ],
)
def test_what_is_missing_is_said_in_the_list(farm, three, values, words):
    answer = farm.post("/shots/bulk", **values)
    assert answer.location == "/shots"
    assert words in farm.text("/shots")
    assert states(farm) == ["queued", "completed", "queued"]


def test_an_action_that_is_none_is_refused(farm, three):
    assert farm.post("/shots/bulk", action="explode", shot="1").status_code == 400
    assert farm.client.post("/shots/bulk", data={"action": "pause"}).status_code == 400


def test_names_are_shown_as_they_are_written(farm):
    shot_id = farm.add_shot("x")
    with farm.writing() as session:
        session.get(Shot, shot_id).name = "<b>bold</b>"
    asked = farm.post("/shots/bulk", action="delete", shot=shot_id).text
    told = farm.text(farm.post("/shots/bulk", action="resume", shot=shot_id).location)
    for text in (asked, told):
        assert "&lt;b&gt;bold&lt;/b&gt;" in text
        assert "<b>bold" not in text


def test_the_api_tells_what_became_of_each(farm, three):
    answer = farm.client.post("/api/v1/shots/bulk", json={"action": "pause", "ids": [*three, 99]})
    assert answer.status_code == 200
    assert answer.json["done"] == [three[0], three[2]]
    assert [refusal["shot_id"] for refusal in answer.json["refused"]] == [three[1], 99]
    assert answer.json["refused"][0]["name"] == "lantern"


def test_the_api_takes_a_filter_for_the_shots(farm, three):
    body = {"action": "priority", "filter": {"search": "mill"}, "priority": 75}
    assert farm.client.post("/api/v1/shots/bulk", json=body).json["done"] == [three[2]]
    assert farm.get(f"/api/v1/shots/{three[2]}").json["priority"] == 75


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "explode", "ids": [1]}, "action"),
        ({"action": "priority", "ids": [1]}, "priority"),
        ({"action": "pause", "ids": ["x"]}, "ids.0"),
        ({"action": "pause", "filter": {"state": "burning"}}, "filter.state"),
    ],
    ids=str,
)
def test_the_api_refuses_what_makes_no_sense(farm, three, body, field):
    answer = farm.client.post("/api/v1/shots/bulk", json=body)
    assert answer.status_code == 422
    assert answer.json["faults"][0]["field"] == field
    assert states(farm) == ["queued", "completed", "queued"]


def test_the_api_resets_one_shot(farm, three):
    answer = farm.client.post(f"/api/v1/shots/{three[1]}/reset", json={"reason": "New lamp"})
    assert (answer.json["state"], answer.json["done_count"]) == ("queued", 0)
    assert farm.client.post("/api/v1/shots/99/reset", json={}).status_code == 404
