"""The embedded broker as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from brender_farm.broker.address import broker_url, embedded_address
from brender_farm.broker.embedded import run_embedded
from brender_farm.broker.link import answers, connect, wait_for_broker
from brender_farm.config import Settings, load_settings
from brender_farm.errors import BrokerUnavailable


@pytest.fixture
def farm(tmp_path) -> Settings:
    return load_settings({"BRENDER_DATA_DIR": str(tmp_path / "my farm")})


@pytest.fixture
def start(farm):
    """Return a way to run this farm's broker; each is killed with the test."""
    started = []

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "brender_farm.cli", "broker"],
            env={**os.environ, "BRENDER_DATA_DIR": str(farm.data_dir), "BRENDER_BROKER_URL": ""},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        wait_for_broker(lambda: broker_url(farm))
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_it_answers_those_who_know_the_password(farm, start):
    start()
    address = embedded_address(farm.broker_dir)
    assert answers(address.url)
    assert not answers(f"redis://127.0.0.1:{address.port}/0")
    assert not answers(f"redis://:wrong@127.0.0.1:{address.port}/0")


def test_killed_it_comes_back_with_what_it_was_told(farm, start):
    process = start()
    with connect(broker_url(farm)) as client:
        client.set("kept", "yes")
        client.execute_command("WAITAOF", 1, 0, 5000)
    process.kill()
    process.wait()
    start()
    with connect(broker_url(farm)) as client:
        assert client.get("kept") == b"yes"


def test_a_second_one_of_the_same_farm_refuses_to_start(farm, start):
    start()
    with pytest.raises(BrokerUnavailable, match="already runs"):
        run_embedded(farm)


def test_where_a_stranger_holds_its_port_it_moves(farm, start):
    before = embedded_address(farm.broker_dir)
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", before.port))
        start()
        after = embedded_address(farm.broker_dir)
        assert after.port != before.port
        assert answers(after.url)


def test_waiting_for_a_broker_ends_with_the_remedy(farm):
    with pytest.raises(BrokerUnavailable, match="BRENDER_BROKER_URL"):
        wait_for_broker(lambda: broker_url(farm), limit_s=0.01)


def test_a_broker_that_never_answers_does_not_hold_anyone_up(farm):
    with socket.socket() as frozen:
        frozen.bind(("127.0.0.1", 0))
        frozen.listen()
        assert not answers(f"redis://127.0.0.1:{frozen.getsockname()[1]}/0", timeout_s=0.05)
