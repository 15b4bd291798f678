"""The queue: what runs, what comes next and why, and moving shots."""

from __future__ import annotations

import re

from brender_farm.db.models import Shot


def priority(farm, shot_id):
    with farm.writing() as session:
        return session.get(Shot, shot_id).priority


def places(text):
    return [int(number) for number in re.findall(r'id="line-(\d+)"', text)]


def test_the_line_stands_in_order_with_reasons_and_what_runs_beside_it(farm):
    node_id = farm.add_node("atlas", slots=2)
    low = farm.add_shot("low", count=8, priority=20, state="queued")
    high = farm.add_shot("high", count=8, priority=80, state="rendering")
    farm.add_chunk(high, node_id, frames="1-2", spans="0-1", frame_count=2)
    paused = farm.add_shot("asleep", state="paused", reason="Lunch")

    text = farm.text("/queue")

    assert places(text) == [high, low]
    assert "Priority 80 is higher than 20." in text
    assert re.search(r'id="running-\d+"', text)
    assert f'id="out-{paused}"' in text
    assert "Lunch" in text


def test_an_empty_queue_says_what_to_do(farm):
    text = farm.text("/queue")
    assert "There is nothing to render." in text
    assert "/submit" in text


def test_an_unchanged_queue_is_not_sent_again(farm):
    farm.add_shot("one", count=8, state="queued")
    tag = farm.tag("/queue")
    assert farm.get(f"/queue/live?tag={tag}").status_code == 304
    farm.add_shot("two", count=8, state="queued")
    assert farm.get(f"/queue/live?tag={tag}").status_code == 200


def test_a_shot_is_moved_before_another_by_its_priority(farm):
    first = farm.add_shot("first", count=8, priority=60, state="queued")
    last = farm.add_shot("last", count=8, priority=20, state="queued")

    sent = farm.post("/queue/move", move=f"{last},,{first}")

    assert sent.status_code == 302
    assert priority(farm, last) == 61
    text = farm.text("/queue")
    assert places(text) == [last, first]
    assert "has priority 61 now; it was 20" in text
    assert "Priority 20 → 61." in farm.text(f"/shots/{last}")


def test_between_equal_priorities_it_is_said_that_shares_decide(farm):
    one, two, three = (farm.add_shot(n, count=8, state="queued") for n in ("one", "two", "three"))
    farm.post("/queue/move", move=f"{three},{one},{two}")
    assert priority(farm, three) == 50
    assert "takes turns by share" in farm.text("/queue")


def test_a_move_that_makes_no_sense_changes_nothing_and_says_why(farm):
    shot_id = farm.add_shot("one", count=8, state="queued")
    for move, words in (
        ("", "no shot"),
        (f"{shot_id},,", "was not said"),
        (f"{shot_id},99,", "no shot 99"),
    ):
        assert farm.post("/queue/move", move=move).status_code == 302
        assert words in farm.text("/queue")
    assert priority(farm, shot_id) == 50


def test_the_queue_is_in_the_api_and_can_be_moved_there(farm):
    first = farm.add_shot("first", count=8, priority=60, state="queued")
    last = farm.add_shot("last", count=8, priority=20, state="queued")

    found = farm.client.get("/api/v1/queue").json
    moved = farm.client.post("/api/v1/queue/move", json={"shot": last, "below": first})

    assert [each["shot"]["id"] for each in found["line"]] == [first, last]
    assert moved.status_code == 200
    assert moved.json["priority"] == 61
    assert farm.client.post("/api/v1/queue/move", json={"shot": last}).status_code == 422
    assert farm.client.post("/api/v1/queue/move", json={"shot": 99, "below": 1}).status_code == 404
