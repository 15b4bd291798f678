"""Webhooks are told by a real web server what happens, in order, whatever fails meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Event, Webhook
from brender_farm.db.reads.events import newest_event
from brender_farm.scheduler import postman as module
from brender_farm.scheduler.postman import Postman
from brender_farm.service.shapes.webhooks import WebhookRequest
from brender_farm.service.webhooks import (
    add_webhook,
    deliveries,
    get_webhook,
    remove_webhook,
    switch_webhook,
    try_again_now,
)
from tests.hook_receiver import Receiver
from tests.integration.service.core_farm import done, ended, started
from tests.receivers import receiving
from tests.waiting import wait_for

URL = "http://farm:8888"


@pytest.fixture
def receiver():
    server = Receiver()
    with receiving(server):
        yield server


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(module, "LOOK_INTERVAL_S", 0.01)
    monkeypatch.setattr(module, "next_try_s", lambda tries: 0.01)


@pytest.fixture
def postman(core_app, quick):
    running = Postman(core_app, URL)
    running.start()
    yield running
    running.stop()
    running.join(10)
    wait_for(lambda: not running._out, "the last thread ends")


def hook(receiver: Receiver, *topics: str, name: str = "") -> int:
    wanted = WebhookRequest(url=receiver.url, topics=topics, name=name)
    return add_webhook(wanted, actor="mira").row.id


def finish(farm, name: str) -> int:
    """Submit a shot of one frame and render it."""
    farm.join()
    shot = farm.submit(frames="1", name=name).shot
    (dispatch,) = farm.assign()
    chunk = dispatch.order.chunk_id
    farm.report(started(chunk), done(chunk, 1), ended(chunk, reported=1))
    return shot.id


def told(receiver: Receiver, count: int) -> list[str]:
    wait_for(lambda: len(receiver.letters) >= count, f"{count} events are told")
    return receiver.topics()


def test_a_shot_is_told_from_its_submission_to_its_end(farm, receiver, postman):
    secret = add_webhook(WebhookRequest(url=receiver.url), actor="mira").secret
    shot_id = finish(farm, "film")
    topics = ["node.online", "shot.submitted", "shot.started", "shot.completed"]
    assert told(receiver, 4) == topics
    last = receiver.letters[-1]
    assert last.told["topic"] == last.headers["Brender-Event"] == "shot.completed"
    assert last.told["event"] == {
        "from": "rendering",
        "to": "completed",
        "reason": "",
        "actor": "farm",
    }
    assert (last.told["shot"]["id"], last.told["shot"]["done_count"]) == (shot_id, 1)
    assert last.told["links"]["api"] == f"{URL}/api/v1/shots/{shot_id}"
    assert all(letter.is_signed_with(secret) for letter in receiver.letters)
    assert last.headers["User-Agent"].startswith("Brender/")
    wait_for(lambda: get_webhook(1).told_at, "that it was taken is kept")


def test_only_the_topics_that_were_chosen_are_told(farm, receiver, postman):
    hook(receiver, "shot.completed")
    finish(farm, "film")
    finish(farm, "fog")
    assert told(receiver, 2) == ["shot.completed"] * 2
    numbers = [letter.told["id"] for letter in receiver.letters]
    assert numbers == sorted(numbers)


def test_what_is_not_taken_is_tried_again_and_what_comes_after_waits(farm, receiver, postman):
    webhook = hook(receiver, "shot.completed")
    receiver.answers = [500, 503]
    first, second = finish(farm, "one"), finish(farm, "two")
    told(receiver, 2)
    assert [letter.told["shot"]["id"] for letter in receiver.letters] == [first, second]
    assert [letter.told["shot"]["id"] for letter in receiver.refused] == [first] * 2
    ids = {letter.headers["Brender-Delivery"] for letter in receiver.refused}
    assert ids == {receiver.letters[0].headers["Brender-Delivery"]}
    wait_for(lambda: len(deliveries(webhook)) == 4, "all tries are kept")
    wait_for(lambda: not get_webhook(webhook).trouble, "the trouble is over")


def test_pauses_between_tries_are_kept_in_the_database(farm, receiver, core_app):
    webhook = hook(receiver, "shot.completed")
    receiver.answers = [500]
    finish(farm, "film")
    first = Postman(core_app, URL)
    first.look()
    row = wait_for(lambda: get_webhook(webhook).tries and get_webhook(webhook), "it is tried")
    assert timedelta(0) < row.next_try_at - datetime.now(UTC) <= timedelta(seconds=5)
    first.look()
    second = Postman(core_app, URL)  # the process was started again
    second.look()
    assert len(receiver.refused) == 1
    assert not second._out
    try_again_now(webhook)
    second.look()
    assert told(receiver, 1) == ["shot.completed"]
    wait_for(lambda: not second._out, "the thread ends")


def test_an_event_that_nobody_took_for_a_day_is_given_up_and_said_so(farm, receiver, postman):
    webhook = hook(receiver, "shot.completed")
    receiver.answers = [500] * 3
    add_event_of(farm, datetime.now(UTC) - timedelta(days=2))
    finish(farm, "film")
    told(receiver, 1)
    assert receiver.letters[0].told["event"]["reason"] == ""
    assert any("Given up after 3 tries." in each.trouble for each in deliveries(webhook))


def add_event_of(farm, at: datetime) -> None:
    shot = farm.submit(frames="1", name="old").shot
    with writing() as session:
        session.add(
            Event(
                at=at,
                actor="farm",
                subject="shot",
                subject_id=shot.id,
                from_state="rendering",
                to_state="completed",
                reason="old",
            )
        )
    farm.act(shot.id, "cancel")


def test_one_that_wants_to_hear_no_more_is_turned_off(farm, receiver, postman):
    webhook = hook(receiver, "shot.completed")
    receiver.answers = [410]
    finish(farm, "film")
    row = wait_for(lambda: not get_webhook(webhook).is_on and get_webhook(webhook), "it is off")
    assert "wants to hear no more" in row.trouble
    finish(farm, "fog")
    switch_webhook(webhook, on=True, actor="mira")
    last = finish(farm, "last")
    told(receiver, 1)
    assert receiver.letters[0].told["shot"]["id"] == last


def test_one_that_hangs_keeps_nobody_else_waiting(farm, receiver, postman):
    slow = Receiver()
    slow.is_open.clear()
    with receiving(slow):
        hook(slow, "shot.completed", name="slow")
        hook(receiver, "shot.completed", name="quick")
        finish(farm, "film")
        assert told(receiver, 1) == ["shot.completed"]
        assert slow.letters == []
        slow.is_open.set()
        told(slow, 1)


def test_nothing_is_left_out_when_the_process_ends(farm, receiver, core_app, quick):
    hook(receiver, "shot.completed")
    finish(farm, "one")
    finish(farm, "two")
    second = Postman(core_app, URL)
    second.start()
    assert told(receiver, 2) == ["shot.completed"] * 2
    wait_for(lambda: not second._out, "the thread ends")
    second.stop()
    second.join(10)


def test_what_was_deleted_is_told_with_what_is_left_of_it(farm, receiver, postman):
    from brender_farm.service.deletion import delete_shot

    hook(receiver, "shot.deleted")
    shot = farm.submit(frames="1-3", name="film").shot
    delete_shot(shot.id, actor="mira", reason="A mistake.")
    told(receiver, 1)
    assert receiver.letters[0].told["shot"] == {"id": shot.id}
    assert "film, 3 frames. A mistake." in receiver.letters[0].told["event"]["reason"]


def test_a_webhook_that_is_removed_meanwhile_is_no_trouble(farm, receiver, postman):
    receiver.is_open.clear()
    webhook = hook(receiver, "shot.completed")
    finish(farm, "film")
    wait_for(lambda: postman._out, "it is on its way")
    remove_webhook(webhook, actor="mira")
    receiver.is_open.set()
    wait_for(lambda: not postman._out, "the thread ends")


def test_a_farm_without_webhooks_costs_one_query_a_look(farm, core_app):
    postman = Postman(core_app, URL)
    finish(farm, "film")
    with farm.counted_queries() as queries:
        postman.look()
    assert len(queries) == 1


def test_after_a_restored_backup_with_fewer_events_it_goes_on(farm, receiver, core_app, quick):
    webhook = hook(receiver, "shot.completed")
    with writing() as session:
        session.get_one(Webhook, webhook).after_event = newest_event(session) + 1000
    postman = Postman(core_app, URL)
    postman.start()
    wait_for(lambda: after_event(webhook) < 1000, "it is put right")
    finish(farm, "film")
    assert told(receiver, 1) == ["shot.completed"]
    wait_for(lambda: not postman._out, "the thread ends")
    postman.stop()
    postman.join(10)


def after_event(webhook_id: int) -> int:
    with reading() as session:
        return session.get_one(Webhook, webhook_id).after_event
