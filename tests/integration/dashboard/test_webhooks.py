"""Webhooks on their page and in the API; receivers are real web servers."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from brender_farm.db.models import Event, Webhook, WebhookDelivery
from brender_farm.service.shapes.webhooks import WebhookRequest
from brender_farm.service.tokens import add_token
from brender_farm.service.users import add_user
from brender_farm.service.webhooks import add_webhook
from tests.hook_receiver import Receiver
from tests.receivers import receiving

SECRET = re.compile(r"whs_[0-9a-f]{64}")


@pytest.fixture
def receiver():
    server = Receiver()
    with receiving(server):
        yield server


def add(farm, address, **more):
    return farm.post("/webhooks", address=address, name="Tracker", what="all", **more)


def shown_after(farm, response) -> str:
    assert response.status_code == 302, response.text
    return farm.text(response.headers["Location"])


def test_a_webhook_is_added_its_secret_shown_once_and_a_test_sent(farm, receiver):
    page = shown_after(farm, add(farm, receiver.url))
    secret = SECRET.search(page)[0]
    assert "Its secret is shown this once." in page
    assert secret not in farm.text("/webhooks/1")
    assert "Nothing sent yet" in farm.text("/webhooks")
    page = shown_after(farm, farm.post("/webhooks/1/test"))
    assert "The test was taken: it answered 200" in page
    (letter,) = receiver.letters
    assert letter.told["topic"] == letter.headers["Brender-Event"] == "ping"
    assert letter.told["farm"] == farm.settings.url
    assert letter.is_signed_with(secret)


def test_a_farm_without_webhooks_says_what_they_are_for(farm):
    text = farm.text("/webhooks")
    assert "None yet. A webhook tells a program of yours" in text
    assert "shot.completed" in text
    assert 'href="/webhooks"' in farm.text("/shots")


def test_what_cannot_be_used_stays_in_the_form_with_what_to_write(farm):
    refused = farm.post("/webhooks", address="file:///etc/<passwd>", what="these")
    assert refused.status_code == 422
    assert "Nothing is chosen. Choose some, or everything." in refused.text
    refused = farm.post(
        "/webhooks", address="file:///etc/<passwd>", what="these", topics="shot.failed"
    )
    assert "This is no web address." in refused.text
    assert 'value="file:///etc/&lt;passwd&gt;"' in refused.text
    assert 'value="shot.failed" checked' in refused.text


def test_one_is_changed_turned_off_and_removed_after_it_was_named(farm, receiver):
    add(farm, receiver.url)
    farm.post(
        "/webhooks/1", address=receiver.url, name="Bot", what="these", topics=["node.offline"]
    )
    page = farm.text("/webhooks")
    assert "Bot" in page
    assert '<span class="tag">node.offline</span>' in page
    assert "is told nothing" in shown_after(farm, farm.post("/webhooks/1/switch", on="no"))
    assert ">Off<" in farm.text("/webhooks")
    assert "Remove the webhook Bot?" in farm.text("/webhooks/1/remove")
    assert "Bot is removed." in shown_after(farm, farm.post("/webhooks/1/remove"))
    assert farm.get("/webhooks/1").status_code == 404


def test_a_new_secret_signs_together_with_the_one_before(farm, receiver):
    first = SECRET.search(shown_after(farm, add(farm, receiver.url)))[0]
    page = shown_after(farm, farm.post("/webhooks/1/secret"))
    second = SECRET.search(page)[0]
    assert second != first
    assert "signed with the secret before as well" in page
    farm.post("/webhooks/1/test")
    assert receiver.letters[0].is_signed_with(first)
    assert receiver.letters[0].is_signed_with(second)


def test_what_was_not_taken_is_told_and_sent_again(farm, receiver):
    add(farm, receiver.url)
    shot_id = farm.add_shot("film", state="completed")
    with farm.writing() as session:
        event = Event(
            at=datetime.now(UTC),
            actor="farm",
            subject="shot",
            subject_id=shot_id,
            from_state="rendering",
            to_state="completed",
        )
        session.add(event)
        session.flush()
        session.add(
            WebhookDelivery(
                webhook_id=1,
                event_id=event.id,
                topic="shot.completed",
                at=datetime.now(UTC),
                seconds=0.1,
                status=500,
                trouble="It answered 500 Internal Server Error.",
            )
        )
        event_id = event.id
    assert "It answered 500 Internal Server Error." in farm.text("/webhooks/1")
    page = shown_after(farm, farm.post("/webhooks/1/deliveries/1/again"))
    assert f"Event {event_id} was taken" in page
    (letter,) = receiver.letters
    assert letter.headers["Brender-Delivery"] == str(event_id)
    assert letter.told["shot"]["name"] == "film"
    assert letter.told["links"]["page"] == f"{farm.settings.url}/shots/{shot_id}"


def test_one_that_is_in_trouble_says_why_and_when_it_is_tried_again(farm, receiver):
    add(farm, receiver.url)
    with farm.writing() as session:
        row = session.get_one(Webhook, 1)
        row.tries, row.trouble, row.next_try_at = 3, "It answered 503.", datetime.now(UTC)
    text = farm.text("/webhooks/1")
    assert "Not taken, 3 tries" in text
    assert "It answered 503." in text
    farm.post("/webhooks/1/try")
    with farm.writing() as session:
        assert session.get_one(Webhook, 1).next_try_at is None


@pytest.mark.parametrize("path", ["/webhooks", "/webhooks/1"])
def test_a_page_is_fetched_again_only_when_it_changed(farm, receiver, path):
    add(farm, receiver.url)
    tag = farm.tag(path)
    assert farm.get(f"{path}/live?tag={tag}").status_code == 304
    farm.post("/webhooks/1/switch", on="no")
    assert "Off" in farm.get(f"{path}/live?tag={tag}").text


def test_every_change_is_an_event_that_tells_neither_secret_nor_path(farm, receiver):
    add(farm, f"{receiver.url}/key123")
    farm.post("/webhooks/1/secret")
    farm.post("/webhooks/1/remove")
    text = farm.text("/events?subject=webhook")
    assert "is told of everything" in text
    assert "has a new secret" in text
    assert "key123" not in text
    assert not SECRET.search(text)


def test_the_api_adds_changes_tests_and_removes(farm, receiver):
    url = "/api/v1/webhooks"
    made = farm.client.post(url, json={"url": receiver.url, "topics": ["shot.failed"]})
    assert made.status_code == 201
    assert SECRET.fullmatch(made.json["secret"])
    assert (made.json["name"], made.json["topics"]) == ("127.0.0.1", ["shot.failed"])
    listed = farm.get(url).json["webhooks"]
    assert [row["id"] for row in listed] == [1]
    assert "secret" not in listed[0]
    assert farm.client.put(f"{url}/1", json={"name": "Bot", "is_on": False}).json["is_on"] is False
    tried = farm.client.post(f"{url}/1/test", json={}).json
    assert (tried["status"], tried["trouble"]) == (200, "")
    assert len(farm.get(f"{url}/1/deliveries").json["deliveries"]) == 1
    assert farm.client.post(f"{url}/1/deliveries/1/again", json={}).status_code == 404
    assert SECRET.fullmatch(farm.client.post(f"{url}/1/secret", json={}).json["secret"])
    assert farm.client.post(f"{url}/1/try", json={}).status_code == 200
    assert farm.client.delete(f"{url}/1").status_code == 204
    assert farm.get(f"{url}/1").status_code == 404
    wrong = farm.client.post(url, json={"url": "ftp://x"})
    assert (wrong.status_code, wrong.json["faults"][0]["field"]) == (422, "url")


def test_the_list_takes_as_many_queries_however_many_webhooks_there_are(farm):
    for number in range(12):
        with farm.app.app_context():
            wanted = WebhookRequest(url=f"https://hooks.studio.com/{number}", name=f"hook {number}")
            add_webhook(wanted, actor="mira")
    farm.text("/webhooks")
    with farm.counted_queries() as queries:
        farm.text("/webhooks")
    assert len(queries) <= 8


def test_only_whoever_manages_the_farm_sees_webhooks(farm, receiver):
    add(farm, receiver.url)
    with farm.app.app_context():
        add_user("ada", "admin", actor="ada")
        tom = add_user("tom", "wrangler", actor="ada").user
        token = add_token(tom.id, "script", "full", actor="tom").text
    headers = {"Authorization": f"Bearer {token}"}
    for path in ("/webhooks", "/webhooks/1", "/webhooks/1/live", "/api/v1/webhooks"):
        assert farm.get(path, headers=headers).status_code == 403
