from __future__ import annotations

import getpass
import re
from datetime import UTC, datetime

import pytest

from brender_farm.db.models import Event, Show, Subscription
from tests.receivers import Hook, receiving

ME = getpass.getuser()
MAIL = "mailtos://me:passw0rd@smtp.studio.com?to=mira@studio.com"


@pytest.fixture
def hook():
    server = Hook()
    with receiving(server):
        yield server


def add(farm, address=MAIL, **more):
    values = {"address": address, "topics": "completed", "whose": "mine"} | more
    return farm.post("/notices", **values)


def happen(farm, shot_id: int, to: str = "completed", reason: str = "") -> int:
    with farm.writing() as session:
        event = Event(
            at=datetime.now(UTC),
            actor="farm",
            subject="shot",
            subject_id=shot_id,
            from_state="rendering",
            to_state=to,
            reason=reason,
        )
        session.add(event)
        session.flush()
        return event.id


def test_a_subscription_is_added_shown_without_its_secrets_and_tested(farm, hook):
    assert add(farm, hook.address).status_code == 302
    text = farm.text("/notices")
    assert f"json://127.0.0.1:{hook.server_port}/…" in text
    assert "s3cret" not in text
    assert "Nothing sent yet" in text
    farm.post("/notices/1/test")
    text = farm.text("/notices")
    assert "The test message was taken by" in text
    assert "Delivered" in text
    assert hook.posted[0]["title"] == "Test message from Brender"


def test_a_test_that_fails_says_why(farm, hook):
    add(farm, hook.address)
    hook.answers = [500]
    farm.post("/notices/1/test")
    text = farm.text("/notices")
    assert "was not delivered" in text
    assert "Internal server error" in text
    assert "Not delivered" in text
    assert "s3cret" not in text


def test_a_farm_on_which_one_is_told_nothing_explains_itself(farm):
    text = farm.text("/notices")
    assert "Nothing yet." in text
    assert "slack://tokenA/tokenB/tokenC" in text
    assert "In this browser" in text


def test_an_address_that_cannot_be_used_stays_in_the_form_with_what_to_write(farm):
    refused = add(farm, "file:///etc/<passwd>", whose="all")
    assert refused.status_code == 422
    assert "file:// is not allowed. Allowed are mailto, mailtos, slack" in refused.text
    assert 'value="file:///etc/&lt;passwd&gt;"' in refused.text
    refused = farm.post("/notices", address=MAIL, whose="all")
    assert "No kind of news is chosen." in refused.text
    assert "There is no show" in add(farm, show="Nowhere").text


def test_a_subscription_is_changed_and_removed(farm):
    with farm.writing() as session:
        session.add(Show(name="Lantern", root="/x", created_at=datetime.now(UTC)))
    add(farm)
    page = farm.text("/notices/1")
    assert "passw0rd" not in page
    farm.post("/notices/1", topics="failed", whose="all", show="Lantern")
    text = farm.text("/notices")
    assert "All shots of Lantern" in text
    assert 'class="tag">failed<' in text
    with farm.writing() as session:
        assert session.get_one(Subscription, 1).address == MAIL
    farm.post("/notices/1/remove")
    assert "You are told no more by mailtos://smtp.studio.com" in farm.text("/notices")
    assert farm.get("/notices/1").status_code == 404


def test_whoever_subscribes_twice_to_the_same_is_refused(farm):
    add(farm)
    assert "There is a subscription of this address" in add(farm).text
    assert len(farm.get("/api/v1/notices").json["notices"]) == 1


def test_what_is_somebody_elses_is_neither_shown_nor_changed(farm):
    with farm.writing() as session:
        session.add(Subscription(owner="tom", address=MAIL, topics=["completed"]))
    assert farm.get("/api/v1/notices").json["notices"] == []
    assert farm.get("/notices/1").status_code == 404
    for action in ("", "/remove", "/test"):
        assert farm.post(f"/notices/1{action}", topics="failed").status_code == 404
    assert farm.client.delete("/api/v1/notices/1").status_code == 404


def test_every_change_is_an_event_without_the_secret(farm):
    add(farm)
    farm.post("/notices/1", topics="failed", whose="mine")
    farm.post("/notices/1/remove")
    with farm.writing() as session:
        found = session.query(Event).filter_by(subject="subscription").order_by(Event.id).all()
        assert [event.actor for event in found] == [ME] * 3
        assert not [event for event in found if "passw0rd" in event.reason]
    assert "is told no more by mailtos://smtp.studio.com" in farm.text("/events")


def test_the_page_is_fetched_again_only_when_it_changed(farm):
    tag = re.search(r"/notices/live\?tag=(\w+)", farm.text("/notices"))[1]
    assert farm.get(f"/notices/live?tag={tag}").status_code == 304
    add(farm)
    assert "smtp.studio.com" in farm.get(f"/notices/live?tag={tag}").text


def test_the_api_adds_changes_tests_and_removes(farm, hook):
    url = "/api/v1/notices"
    made = farm.client.post(url, json={"address": hook.address, "topics": ["completed", "node"]})
    assert made.status_code == 201
    assert made.json == {
        "id": 1,
        "address": f"json://127.0.0.1:{hook.server_port}/…",
        "service": "Webhook with JSON",
        "topics": ["completed", "node"],
        "mine_only": True,
        "show": "",
        "trouble": "",
        "told_at": None,
    }
    changed = farm.client.put(f"{url}/1", json={"topics": ["failed"], "mine_only": False})
    assert (changed.json["topics"], changed.json["mine_only"]) == (["failed"], False)
    assert farm.client.post(f"{url}/1/test", json={}).json == {"delivered": True, "trouble": ""}
    hook.answers = [500]
    assert not farm.client.post(f"{url}/1/test", json={}).json["delivered"]
    assert farm.client.delete(f"{url}/1").status_code == 204
    assert farm.client.post(f"{url}/1/test", json={}).status_code == 404
    wrong = farm.client.post(url, json={"address": "dbus://", "topics": ["completed"]})
    assert (wrong.status_code, wrong.json["faults"][0]["field"]) == (422, "address")


def test_an_open_page_learns_of_shots_that_ended_since_it_last_asked(farm):
    mine = farm.add_shot("film", submitter=ME, count=48)
    other = farm.add_shot("fog", submitter="tom")
    begun = farm.get("/notices/news").json
    assert begun["news"] == []
    assert farm.get(f"/notices/news?after={begun['after']}").status_code == 204
    first = happen(farm, mine)
    happen(farm, other, "failed", "3 of 10 frames gave up.")
    happen(farm, other, "cancelled")
    told = farm.get(f"/notices/news?after={begun['after']}").json
    assert told["news"][0] == {
        "event": first,
        "topic": "completed",
        "name": "film",
        "title": f"Shot {mine} film completed",
        "words": "All 48 frames are done.",
        "path": f"/shots/{mine}",
        "mine": True,
    }
    assert [(one["topic"], one["mine"]) for one in told["news"]] == [
        ("completed", True),
        ("failed", False),
    ]
    assert farm.get(f"/notices/news?after={told['after']}").status_code == 204


def test_a_page_that_was_away_for_long_begins_anew(farm):
    shot_id = farm.add_shot()
    last = happen(farm, shot_id)
    for after in ("", "x", "999999999"):
        assert farm.get(f"/notices/news?after={after}").json == {"after": last, "news": []}


def test_asking_while_nothing_happens_is_one_query(farm):
    after = happen(farm, farm.add_shot())
    farm.get(f"/notices/news?after={after}")
    with farm.counted_queries() as queries:
        assert farm.get(f"/notices/news?after={after}").status_code == 204
    assert len(queries) == 1


def test_the_first_event_of_a_farm_is_told(farm):
    assert farm.get("/notices/news").json["after"] == 0
    shot_id = farm.add_shot()
    happen(farm, shot_id)
    assert len(farm.get("/notices/news?after=0").json["news"]) == 1
