from __future__ import annotations

import json

import pytest

from tests.receivers import Hook, receiving


@pytest.fixture
def hook():
    server = Hook()
    with receiving(server):
        yield server


def test_a_subscription_is_added_listed_tested_and_removed(brender, hook):
    place = f"json://127.0.0.1:{hook.server_port}/…"
    added = brender("notices", "add", hook.address, "--topics", "failed,node", "--all")
    assert added.output == f"Subscription 1: {place}. See it arrive: brender notices test 1\n"
    heads, row = brender("notices").output.splitlines()
    assert heads.split()[:3] == ["ID", "ADDRESS", "SHOTS"]
    assert row.split() == ["1", place, "all", "-", "failed,node", "none", "yet"]
    assert brender("notices", "test", 1).output == "The test message was taken.\n"
    assert hook.posted[0]["title"] == "Test message from Brender"
    (kept,) = json.loads(brender("notices", "--json").output)
    assert kept["told_at"]
    assert brender("notices", "remove", 1).output == f"You are told no more by {place}.\n"
    assert len(brender("notices").output.splitlines()) == 1


def test_what_is_refused_or_not_delivered_is_one_clear_line(brender, hook):
    shown = brender("notices", "add", "file:///etc/passwd")
    assert shown.exit_code == 1
    assert "file:// is not allowed." in shown.stderr
    assert (
        "'rain' is no kind of news."
        in brender("notices", "add", hook.address, "--topics", "rain").stderr
    )
    assert "You have no subscription 7" in brender("notices", "test", 7).stderr
    brender("notices", "add", hook.address)
    hook.answers = [500]
    shown = brender("notices", "test", 1)
    assert shown.exit_code == 1
    assert "it was not delivered. Failed to send JSON" in shown.stderr
