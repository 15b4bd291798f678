from __future__ import annotations

from datetime import UTC, datetime

from brender_farm.db.models import Event


def add(farm, count=1, **changes):
    values = {
        "at": datetime.now(UTC),
        "actor": "farm",
        "subject": "node",
        "subject_id": 1,
        "from_state": "online",
        "to_state": "offline",
        "reason": "No heartbeat for 10 s.",
    }
    with farm.writing() as session:
        session.add_all(Event(**(values | changes)) for _ in range(count))


def test_events_say_who_did_what_and_lead_there(farm):
    shot_id = farm.add_shot("lantern")
    farm.add_node("atlas")
    add(farm)
    text = farm.text("/events")
    assert f'<a href="/shots/{shot_id}" data-row>lantern</a>' in text
    assert "atlas" in text
    assert "No heartbeat for 10 s." in text


def test_events_are_filtered_by_subject_person_and_words(farm):
    farm.add_shot("lantern")
    add(farm, reason="The disk is full.")
    add(farm, actor="bob", reason="Wanted by Bob, 100 %")
    assert "The disk" not in farm.text("/events?subject=shot")
    by_bob = farm.text("/events?actor=bob")
    assert "Wanted by Bob" in by_bob
    assert "The disk" not in by_bob
    assert "Wanted by Bob" in farm.text("/events?search=100 %25")
    assert "No event matches" in farm.text("/events?search=_nothing_")
    assert "The disk" in farm.text("/events?subject=nonsense")


def test_many_events_are_paged_from_the_newest_on(farm):
    add(farm, 230)
    first = farm.get("/api/v1/events?limit=100").json
    second = farm.get(f"/api/v1/events?limit=100&before={first['older']}").json
    third = farm.get(f"/api/v1/events?limit=100&before={second['older']}").json
    ids = [event["id"] for part in (first, second, third) for event in part["events"]]
    assert len(ids) == len(set(ids)) == 230
    assert ids == sorted(ids, reverse=True)
    assert third["older"] is None
    assert f"before={first['older']}" in farm.text("/events")


def test_a_poll_of_the_events_is_answered_only_when_something_happened(farm):
    add(farm)
    tag = farm.tag("/events")
    with farm.counted_queries() as queries:
        assert farm.get(f"/events/live?tag={tag}").status_code == 304
    assert len(queries) == 1
    add(farm)
    assert farm.get(f"/events/live?tag={tag}").status_code == 200


def test_the_page_of_events_takes_few_queries(farm):
    add(farm, 300)
    with farm.counted_queries() as queries:
        farm.text("/events")
    assert len(queries) <= 9


def test_a_bad_query_of_events_is_explained(farm):
    assert farm.get("/api/v1/events?limit=0").status_code == 422
    assert farm.get("/api/v1/events?subject=moon").status_code == 422
