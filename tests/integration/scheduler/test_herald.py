"""Subscribers are told by a real web server and a real mail server on this machine."""

from __future__ import annotations

import pytest

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Shot, Subscription
from brender_farm.db.reads.events import newest_event
from brender_farm.db.reads.news import told_up_to
from brender_farm.domain import mail_bag
from brender_farm.scheduler import herald as module
from brender_farm.scheduler.herald import Herald
from brender_farm.service.notices import add_notice, list_notices, remove_notice
from brender_farm.service.shapes.notices import NoticeRequest
from tests.integration.service.core_farm import done, ended, failed, heartbeat, started
from tests.receivers import Hook, Mailbox, receiving
from tests.waiting import wait_for

URL = "http://farm:8888"


@pytest.fixture
def hook():
    server = Hook()
    with receiving(server):
        yield server


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(module, "LOOK_INTERVAL_S", 0.01)
    monkeypatch.setattr(module, "PAUSES_S", (0.0, 0.01, 0.01))
    monkeypatch.setattr(mail_bag, "GATHER_S", 0.05)


@pytest.fixture
def herald(core_app, quick):
    """Return a running herald that has looked once: what happens from here on is told."""
    running = Herald(core_app, URL)
    running.look()
    running.start()
    yield running
    running.stop()
    running.join(10)


def subscribe(address: str, *, topics: str = "completed,failed,paused,node", **more) -> int:
    return add_notice(NoticeRequest(address=address, topics=topics, **more), owner="mira").id


def finish(farm, name: str) -> int:
    """Submit a shot of one frame and render it."""
    farm.join()
    shot = farm.submit(frames="1", name=name).shot
    (dispatch,) = farm.assign()
    chunk = dispatch.order.chunk_id
    farm.report(started(chunk), done(chunk, 1), ended(chunk, reported=1))
    return shot.id


def titles(hook: Hook) -> list[str]:
    return [posted["title"] for posted in hook.posted]


def test_a_completed_shot_is_told_to_a_webhook_and_by_mail(farm, hook, herald):
    box = Mailbox()
    with receiving(box):
        subscribe(hook.address)
        subscribe(box.address)
        shot_id = finish(farm, "film")
        (posted,) = wait_for(lambda: hook.posted, "the webhook is told")
        (mail,) = wait_for(lambda: box.mails, "the mail arrives")
    assert posted["title"] == mail["subject"] == f"Shot {shot_id} film completed"
    assert f"{URL}/shots/{shot_id}" in posted["message"]
    assert f"{URL}/shots/{shot_id}" in mail.get_content()
    row = wait_for(
        lambda: [row for row in list_notices("mira") if row.told_at], "that it was told is kept"
    )[0]
    assert row.trouble == ""


def test_shots_that_complete_together_are_one_message(farm, hook, core_app, quick, monkeypatch):
    monkeypatch.setattr(mail_bag, "GATHER_S", 0.0)
    herald = Herald(core_app, URL)
    herald.look()
    subscribe(hook.address)
    for name in ("one", "two", "three"):
        finish(farm, name)
    herald.look()
    (posted,) = wait_for(lambda: hook.posted, "the webhook is told")
    assert posted["title"] == "3 shots completed"
    assert [name in posted["message"] for name in ("one", "two", "three")] == [True] * 3


def test_only_what_somebody_asked_for_is_told(farm, hook, herald):
    subscribe(hook.address, topics="failed")
    finish(farm, "film")
    farm.join("bellows")
    shot = farm.submit(frames="1", name="broken").shot
    while farm.shot(shot.id).state != "failed":
        for dispatch in farm.assign():
            chunk = dispatch.order.chunk_id
            farm.report(started(chunk), failed(chunk, 1, permanent=True), ended(chunk, reported=1))
    (posted,) = wait_for(lambda: hook.posted, "the failure is told")
    assert posted["title"] == f"Shot {shot.id} broken failed"
    assert "1 of 1 frames gave up" in posted["message"]
    assert posted["type"] == "warning"


def test_a_node_that_falls_silent_is_told_and_one_that_was_stopped_is_not(farm, hook, herald):
    subscribe(hook.address, topics="node")
    farm.join("anvil")
    farm.attend(heartbeat("anvil", beat=2, leaving=True))
    farm.join("atlas")
    farm.pass_time(60)
    farm.attend()
    (posted,) = wait_for(lambda: hook.posted, "the silent node is told")
    assert posted["title"] == "Node atlas is offline"


def test_what_is_not_taken_is_tried_again(farm, hook, herald):
    subscribe(hook.address)
    hook.answers = [500, 503]
    finish(farm, "film")
    wait_for(lambda: hook.posted, "the third try is taken")
    assert hook.answers == []
    wait_for(lambda: list_notices("mira")[0].told_at, "it is kept")
    assert list_notices("mira")[0].trouble == ""


def test_what_is_never_taken_is_given_up_and_the_reason_kept(farm, hook, herald):
    subscribe(hook.address)
    hook.answers = [500, 500, 500]
    finish(farm, "one")
    trouble = wait_for(lambda: list_notices("mira")[0].trouble, "the trouble is kept")
    assert "Internal server error" in trouble
    finish(farm, "two")
    wait_for(lambda: hook.posted, "the next news is told")
    assert titles(hook)[0].endswith("two completed")
    wait_for(lambda: not list_notices("mira")[0].trouble, "the trouble is over")


def test_one_that_hangs_keeps_nobody_else_waiting(farm, hook, herald):
    slow = Hook()
    slow.is_open.clear()
    with receiving(slow):
        subscribe(slow.address)
        subscribe(hook.address)
        finish(farm, "film")
        wait_for(lambda: hook.posted, "the other one is told")
        assert slow.posted == []
        slow.is_open.set()
        wait_for(lambda: slow.posted, "the slow one is told in the end")


def test_nothing_is_left_out_when_the_process_ends(farm, hook, core_app, quick):
    first = Herald(core_app, URL)
    first.look()
    subscribe(hook.address)
    finish(farm, "film")
    first.look()  # it has read the news, and is killed before they go out
    first.stop()
    assert hook.posted == []

    second = Herald(core_app, URL)
    second.start()
    wait_for(lambda: hook.posted, "the next process tells it")
    wait_for(told_as_far_as_there_is, "how far is stored")
    second.stop()
    second.join(10)

    third = Herald(core_app, URL)
    third.look()
    finish(farm, "next")
    third.start()
    wait_for(lambda: len(hook.posted) > 1, "what comes next is told")
    third.stop()
    third.join(10)
    assert [title.split()[2] for title in titles(hook)] == ["film", "next"]


def told_as_far_as_there_is() -> bool:
    with reading() as session:
        return told_up_to(session) == newest_event(session)


def test_what_happened_before_is_not_told(farm, hook, core_app, quick):
    finish(farm, "long ago")
    herald = Herald(core_app, URL)
    herald.look()
    finish(farm, "before")
    subscribe(hook.address)
    finish(farm, "after")
    herald.start()
    wait_for(lambda: hook.posted, "the news is told")
    herald.stop()
    herald.join(10)
    assert [title.split()[2] for title in titles(hook)] == ["after"]


def test_a_deleted_shot_or_subscription_is_no_trouble(farm, hook, core_app, quick):
    herald = Herald(core_app, URL)
    herald.look()
    gone = subscribe(f"{hook.address}/gone")
    subscribe(hook.address)
    first, second = finish(farm, "deleted"), finish(farm, "film")
    with writing() as session:
        session.delete(session.get_one(Shot, first))
    herald.look()
    remove_notice(gone, owner="mira")
    herald.start()
    wait_for(lambda: hook.posted, "the other shot is told")
    wait_for(told_as_far_as_there_is, "all is done with")
    herald.stop()
    herald.join(10)
    assert titles(hook) == [f"Shot {second} film completed"]


def test_a_farm_that_nobody_listens_to_costs_one_query_a_look(farm, core_app):
    herald = Herald(core_app, URL)
    finish(farm, "film")
    herald.look()
    with farm.counted_queries() as queries:
        herald.look()
    assert len(queries) == 1


def test_a_thousand_events_are_read_in_pieces_and_told_whole(farm, hook, core_app, monkeypatch):
    monkeypatch.setattr(module, "_BATCH", 3)
    monkeypatch.setattr(mail_bag, "GATHER_S", 0.0)
    herald = Herald(core_app, URL)
    herald.look()
    notice = subscribe(hook.address)
    for count in range(8):
        finish(farm, f"film{count}")
    herald.look()
    (posted,) = wait_for(lambda: hook.posted, "all are told")
    assert posted["title"] == "8 shots completed"
    with reading() as session:
        last = newest_event(session)
    wait_for(lambda: after_event(notice) == last, "the last one is done with")


def after_event(notice_id: int) -> int:
    with reading() as session:
        return session.get_one(Subscription, notice_id).after_event
