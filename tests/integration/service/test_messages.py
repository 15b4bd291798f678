"""What scheduler and nodes are told through a real broker, and that nobody waits for one."""

from __future__ import annotations

import contextlib
import dataclasses

import pytest

from brender_farm.broker.board import Board
from brender_farm.broker.keyring import Keyring
from brender_farm.broker.link import connect
from brender_farm.celery_app import STOP_CHUNKS, client_app, node_hostname
from brender_farm.db.core import create_core_app, db
from brender_farm.service.messages import NUDGE_CHANNEL, Orders, _messenger, announce, command_nodes
from tests.integration.service.core_farm import CoreFarm
from tests.waiting import wait_for


@pytest.fixture
def farm(settings, broker_url, tmp_path):
    """Return a farm whose broker is the test's."""
    app = create_core_app(dataclasses.replace(settings, broker_url=broker_url))
    with app.app_context():
        yield CoreFarm(tmp_path)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(broker_url):
    with connect(broker_url) as client:
        yield client


@pytest.fixture
def nudges(client):
    """Return an ear on the channel that the scheduler listens to."""
    with client.pubsub() as ears:
        ears.subscribe(NUDGE_CHANNEL)
        wait_for(lambda: ears.get_message(timeout=0.1), "the subscription is confirmed")
        yield ears


def test_a_submission_nudges_the_scheduler(farm, nudges):
    farm.submit()
    assert wait_for(lambda: nudges.get_message(timeout=0.1), "a nudge came")["type"] == "message"


def test_a_cancel_stops_the_chunks_at_once(farm, client, nudges, broker_url):
    farm.join("atlas")
    shot_id = farm.submit().shot.id
    chunk_id = farm.assign()[0].order.chunk_id
    board = Board(client)
    board.replace_live([chunk_id, 99])
    # A node's worker listens on a queue that is bound to Celery's control exchange.
    celery = client_app(broker_url)
    inbox = celery.control.mailbox.Node(node_hostname("atlas"))
    heard = []
    with celery.connection_for_read() as connection:
        consumer = inbox.Consumer(
            callbacks=[lambda body, message: heard.append(body)],
            channel=connection.default_channel,
            no_ack=True,
        )
        consumer.consume()

        def listen() -> list[dict]:
            with contextlib.suppress(TimeoutError):
                connection.drain_events(timeout=0.2)
            return heard

        def listened_to() -> bool:
            listen()  # kombu subscribes in its first turn; what was said before that is lost
            patterns, channels = client.pubsub_numpat(), client.pubsub_channels("*pidbox*")
            return bool(patterns or channels)

        wait_for(listened_to, "the node listens")
        farm.act(shot_id, "cancel")
        wait_for(listen, "the node was told")
    assert heard[0]["method"] == STOP_CHUNKS
    assert heard[0]["arguments"] == {"body": {"chunk_ids": [chunk_id]}}
    assert heard[0]["destination"] == ["node@atlas"]
    assert board.live() == frozenset({99})


def test_messages_leave_before_a_short_process_ends(farm, settings, broker_url, nudges):
    announce()
    _messenger(dataclasses.replace(settings, broker_url=broker_url)).flush()
    assert nudges.get_message(timeout=5)["type"] == "message"


@pytest.mark.parametrize("orders", [Orders(), Orders(stop={1: 1}, finish={2: 1})])
def test_without_a_broker_everything_works_as_before(core_app, tmp_path, orders):
    farm = CoreFarm(tmp_path)
    farm.join("atlas")
    shot_id = farm.submit().shot.id
    farm.act(shot_id, "cancel")
    announce(orders)
    assert farm.shot(shot_id).state == "cancelled"


def test_stopping_nothing_sends_nothing(broker_url, client):
    command_nodes(client_app(broker_url), STOP_CHUNKS, {}, Keyring())
    assert client.keys("*") == []
