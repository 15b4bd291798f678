from __future__ import annotations

import json
import re

import pytest

from tests.hook_receiver import Receiver
from tests.receivers import receiving


@pytest.fixture
def receiver():
    server = Receiver()
    with receiving(server):
        yield server


def test_a_webhook_is_added_tested_changed_and_removed(brender, receiver):
    added = brender("webhooks", "add", receiver.url, "--name", "Bot", "--topics", "shot.failed")
    assert "Webhook 1, Bot. See it arrive: brender webhooks test 1" in added.output
    secret = re.search(r"whs_[0-9a-f]{64}", added.output)[0]
    heads, row = brender("webhooks").output.splitlines()
    assert heads.split()[:3] == ["ID", "NAME", "ADDRESS"]
    assert row.split() == ["1", "Bot", receiver.url, "shot.failed", "on", "-"]
    assert brender("webhooks", "test", 1).output.startswith("It was taken: 200")
    assert receiver.letters[0].is_signed_with(secret)
    changed = brender("webhooks", "change", 1, "--topics", "all", "--off")
    assert changed.output == "Bot: everything, off.\n"
    fresh = json.loads(brender("webhooks", "secret", 1, "--json").output)
    assert fresh["secret"] != secret
    (sent,) = json.loads(brender("webhooks", "deliveries", 1, "--json").output)
    assert (sent["topic"], sent["status"]) == ("ping", 200)
    assert brender("webhooks", "remove", 1, "--yes").output == "Bot is removed.\n"
    assert len(brender("webhooks").output.splitlines()) == 1


def test_what_is_refused_or_not_taken_is_one_clear_line(brender, receiver):
    shown = brender("webhooks", "add", "ftp://x")
    assert shown.exit_code == 1
    assert "ftp:// is not allowed." in shown.stderr
    shown = brender("webhooks", "add", receiver.url, "--topics", "rain")
    assert "'rain' is no topic." in shown.stderr
    assert "There is no webhook 7" in brender("webhooks", "test", 7).stderr
    brender("webhooks", "add", receiver.url)
    receiver.answers = [500]
    shown = brender("webhooks", "test", 1)
    assert shown.exit_code == 1
    assert "it was not taken. It answered 500" in shown.stderr
    assert "A test has nothing to send again" in brender("webhooks", "again", 1, 1).stderr
