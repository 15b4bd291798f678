from __future__ import annotations

import pytest
from kombu import Connection, Queue
from kombu.transport import redis

from brender_farm.broker.channel import FarmChannel

QUEUE = Queue("post", routing_key="post")


@pytest.mark.parametrize(
    ("kind", "ends_the_worker"),
    [pytest.param(redis.Channel, True, id="kombu"), pytest.param(FarmChannel, False, id="ours")],
)
def test_a_connection_taken_apart_with_a_message_in_hand(
    broker_url, monkeypatch, kind, ends_the_worker
):
    monkeypatch.setattr(redis.Transport, "Channel", kind)
    with Connection(broker_url) as connection:
        channel = connection.channel()
        bound = QUEUE(channel)
        bound.declare()
        connection.Producer(channel).publish({"a": "report"}, routing_key="post")
        assert bound.get(no_ack=False) is not None
        monkeypatch.setattr(channel.connection, "client", None)
        channel._pool = None
        if ends_the_worker:
            with pytest.raises(AttributeError, match="hostname"):
                channel.qos.restore_unacked_once()
        else:
            channel.qos.restore_unacked_once()
        channel.qos._delivered.clear()
        monkeypatch.undo()


def test_a_channel_makes_one_client_until_its_connections_are_made_anew(broker_url, monkeypatch):
    monkeypatch.setattr(redis.Transport, "Channel", FarmChannel)
    with Connection(broker_url) as connection:
        channel = connection.channel()
        with channel.conn_or_acquire() as first, channel.conn_or_acquire() as second:
            assert first is second
            assert first.ping()
        channel._disconnect_pools()
        with channel.conn_or_acquire() as third:
            assert third is not first
            assert third.ping()
