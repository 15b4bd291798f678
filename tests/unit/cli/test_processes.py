from __future__ import annotations

import pytest

from brender_farm import config


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "farm.example.org"])
def test_a_dashboard_without_users_does_not_listen_to_the_network(brender, monkeypatch, host):
    monkeypatch.setenv("BRENDER_HOST", host)
    config.settings.cache_clear()
    shown = brender("web")
    assert shown.exit_code == 1
    (line,) = shown.stderr.splitlines()
    assert line.startswith(f"brender: BRENDER_HOST is '{host}'")
    assert "brender users add NAME --role admin" in line


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_loopback_the_dashboard_starts(brender, monkeypatch, host):
    started = []
    monkeypatch.setenv("BRENDER_HOST", host)
    monkeypatch.setattr("os.execv", lambda program, command: started.append(command))
    config.settings.cache_clear()
    assert brender("web").exit_code == 0
    (command,) = started
    assert command[-1] == "dashboard.wsgi:app"
    assert f"--bind={host}:8888" in command


def test_a_port_that_a_stranger_holds_is_named_before_anything_starts(brender, monkeypatch):
    import socket

    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        monkeypatch.setenv("BRENDER_PORT", str(stranger.getsockname()[1]))
        config.settings.cache_clear()
        shown = brender("up")
    assert shown.exit_code == 1
    assert "is taken" in shown.stderr
    assert "BRENDER_PORT" in shown.stderr


def test_a_second_farm_on_one_folder_is_refused(brender, here):
    import fcntl

    here.data_dir.mkdir(parents=True, exist_ok=True)
    with (here.data_dir / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shown = brender("up")
    assert shown.exit_code == 1
    assert f"A farm already runs on {here.data_dir}." in shown.stderr
