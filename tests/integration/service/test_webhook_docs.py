"""The receiver that docs/webhooks.md shows, run on what the farm really sends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from brender_farm.domain.webhooks import TOPICS
from brender_farm.service.shapes.webhooks import WebhookRequest
from brender_farm.service.webhooks import add_webhook, rotate_secret, try_webhook
from tests.hook_receiver import Receiver
from tests.receivers import receiving

DOCS = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()


@pytest.fixture
def documented() -> Any:
    """Return the function of the documentation."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["is_from_the_farm"]


@pytest.fixture
def receiver():
    server = Receiver()
    with receiving(server):
        yield server


def test_the_example_believes_the_farm_and_nobody_else(core_app, receiver, documented):
    fresh = add_webhook(WebhookRequest(url=receiver.url), actor="mira")
    assert try_webhook(fresh.row.id, actor="mira").status == 200
    (letter,) = receiver.letters
    signature = letter.headers["Brender-Signature"]
    assert documented(fresh.secret, signature, letter.body)
    assert not documented("whs_another", signature, letter.body)
    assert not documented(fresh.secret, signature, letter.body + b" ")
    assert not documented(fresh.secret, "", letter.body)
    assert not documented(fresh.secret, signature, letter.body, tolerance_s=-1)


def test_during_a_rotation_the_example_believes_both_secrets(core_app, receiver, documented):
    old = add_webhook(WebhookRequest(url=receiver.url), actor="mira")
    new = rotate_secret(old.row.id, actor="mira")
    try_webhook(old.row.id, actor="mira")
    (letter,) = receiver.letters
    for secret in (old.secret, new.secret):
        assert documented(secret, letter.headers["Brender-Signature"], letter.body)


def test_every_topic_is_documented():
    assert [topic for topic in TOPICS if f"`{topic}`" not in DOCS] == []
