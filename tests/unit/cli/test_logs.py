from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from brender_farm import client, config
from brender_farm.broker.link import connect
from brender_farm.broker.log_stream import Entry, LogStreams
from brender_farm.cli.ending import Ending
from tests.waiting import wait_for


@pytest.fixture
def say(here, broker_url, monkeypatch):
    """Give the farm a broker; return a way for its processes to say something."""
    monkeypatch.setenv("BRENDER_BROKER_URL", broker_url)
    config.settings.cache_clear()
    client.core_app.cache_clear()
    with connect(broker_url) as redis:
        streams = LogStreams(redis)

        def said(source: str, message: str, *, level: str = "INFO") -> None:
            now_s = time.monotonic()
            entry = Entry(said_s=now_s, level=level, logger="x.y", message=message, fields={})
            streams.add(source, [entry], now_s)

        yield said


def test_without_a_name_it_prints_what_all_processes_say_of_trouble(brender, say):
    say("scheduler", "Fine.")
    say("node.atlas", "Careful.", level="WARNING")
    text = brender("logs").output
    assert "WARNING x.y: Careful." in text
    assert "Fine." not in text


def test_a_node_is_asked_for_by_its_name(brender, say):
    say("node.atlas", "The node starts.")
    assert "The node starts." in brender("logs", "atlas").output
    assert "The node starts." not in brender("logs", "atlas", "--search", "ends").output
    assert "The node starts." not in brender("logs", "atlas", "--level", "error").output
    assert "node.atlas" in brender("logs", "--sources").output


def test_only_the_last_lines_are_printed(brender, say):
    for number in range(5):
        say("scheduler", f"Line {number}.")
    text = brender("logs", "scheduler", "--lines", 2).output
    assert "Line 2." not in text
    assert "Line 3." in text


def test_a_broker_that_is_away_is_said_so(brender, here, monkeypatch):
    monkeypatch.setenv("BRENDER_BROKER_URL", "redis://:secret@127.0.0.1:1/0")
    config.settings.cache_clear()
    client.core_app.cache_clear()
    result = brender("logs", "scheduler")
    assert result.exit_code == Ending.UNREACHABLE
    assert "broker does not answer" in result.output
    assert "secret" not in result.output


def test_it_goes_on_with_what_is_said_from_now_on(say, tmp_path):
    say("scheduler", "One.")
    out = tmp_path / "out.txt"
    with out.open("wb") as file:
        command = [sys.executable, "-u", "-m", "brender_farm.cli", "logs", "scheduler", "--follow"]
        following = subprocess.Popen(command, stdout=file, env=dict(os.environ))
    try:
        wait_for(lambda: "One." in out.read_text(), "the last line is printed")
        say("scheduler", "Two.")
        wait_for(lambda: "Two." in out.read_text(), "the next line is printed")
    finally:
        following.kill()
        following.wait()
    assert out.read_text().count("One.") == 1
