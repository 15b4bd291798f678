"""The cable: what it lets through, and what it does when it is cut, stalled and mended."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from redis import Redis, RedisError

from brender_farm.broker.address import free_port
from brender_farm.broker.link import connect
from tests.chaos.proxy import Proxy

LIMIT_S = 0.3


@pytest.fixture
def cable(broker_url: str) -> Iterator[Proxy]:
    port = int(broker_url.rpartition(":")[2].partition("/")[0])
    proxy = Proxy(lambda: port)
    yield proxy
    proxy.close()


@pytest.fixture
def client(cable: Proxy) -> Iterator[Redis]:
    with connect(f"redis://127.0.0.1:{cable.port}/0", timeout_s=LIMIT_S) as behind:
        yield behind


def test_everything_goes_through(client: Redis) -> None:
    client.set("long", "x" * 1_000_000)

    assert client.strlen("long") == 1_000_000


def test_a_cut_cable_refuses_old_and_new_connections(cable: Proxy, client: Redis) -> None:
    client.ping()

    cable.cut()

    with pytest.raises(RedisError):
        client.ping()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", cable.port))


def test_a_stalled_cable_says_nothing(cable: Proxy, client: Redis) -> None:
    client.ping()

    cable.stall()

    with pytest.raises(RedisError, match="Timeout"):
        client.ping()


def test_a_mended_cable_works_again(cable: Proxy, client: Redis) -> None:
    for strike in (cable.cut, cable.stall, cable.cut):
        strike()
        cable.mend()

        assert client.ping()


def test_what_was_sent_during_a_stall_arrives_when_it_is_mended(cable: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", cable.port), timeout=5) as node:
        node.sendall(b"PING\r\n")
        assert node.recv(7) == b"+PONG\r\n"
        cable.stall()
        node.sendall(b"PING\r\n")

        cable.mend()

        assert node.recv(7) == b"+PONG\r\n"


def test_a_broker_that_is_away_is_a_connection_that_ends() -> None:
    nowhere = free_port()
    cable = Proxy(lambda: nowhere)
    with socket.create_connection(("127.0.0.1", cable.port), timeout=5) as node:
        assert node.recv(1) == b""
    cable.close()
