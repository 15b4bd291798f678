from __future__ import annotations

import json
import stat
import subprocess
import sys

import pytest

from brender_farm.broker.address import (
    EmbeddedAddress,
    broker_url,
    embedded_address,
    free_port,
    move_to_free_port,
)
from brender_farm.config import load_settings

SETTLE = """
import sys
from pathlib import Path
from brender_farm.broker.address import embedded_address
print("ready", flush=True)
sys.stdin.readline()
print(embedded_address(Path(sys.argv[1])).url)
"""


def test_an_address_is_chosen_once_and_read_ever_after(tmp_path):
    first = embedded_address(tmp_path / "broker")
    assert first == embedded_address(tmp_path / "broker")
    assert first.url == f"redis://:{first.password}@127.0.0.1:{first.port}/0"
    assert 1024 <= first.port <= 65535
    assert len(first.password) >= 32


def test_two_farms_have_different_passwords(tmp_path):
    one, other = embedded_address(tmp_path / "one"), embedded_address(tmp_path / "other")
    assert one.password != other.password


def test_only_the_farms_user_can_read_the_password(tmp_path):
    embedded_address(tmp_path / "broker")
    move_to_free_port(tmp_path / "broker")
    path = tmp_path / "broker" / "address.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_processes_that_start_at_once_settle_on_one_address(tmp_path):
    folder = tmp_path / "broker"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SETTLE, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    urls = {process.communicate()[0].strip() for process in processes}
    assert urls == {embedded_address(folder).url}
    assert [path.name for path in folder.iterdir()] == ["address.json"]


def test_a_broker_that_moves_keeps_its_password(tmp_path):
    before = embedded_address(tmp_path)
    after = move_to_free_port(tmp_path)
    assert after.password == before.password
    assert embedded_address(tmp_path) == after
    assert [path.name for path in tmp_path.iterdir()] == ["address.json"]


def test_a_given_broker_is_used_and_nothing_is_settled(tmp_path):
    farm = load_settings(
        {"BRENDER_DATA_DIR": str(tmp_path), "BRENDER_BROKER_URL": "redis://elsewhere/3"}
    )
    assert broker_url(farm) == "redis://elsewhere/3"
    assert not farm.broker_dir.exists()


def test_without_one_the_embedded_broker_is_used(tmp_path):
    farm = load_settings({"BRENDER_DATA_DIR": str(tmp_path)})
    (tmp_path / "broker").mkdir()
    (tmp_path / "broker" / "address.json").write_text(json.dumps({"port": 7, "password": "pw"}))
    assert broker_url(farm) == EmbeddedAddress(port=7, password="pw").url


@pytest.mark.parametrize("_", range(3))
def test_a_free_port_can_be_had(_):
    import socket

    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port()))
