from __future__ import annotations

import json

import pytest

from brender_farm import client, config


@pytest.fixture(autouse=True)
def _without_a_broker(here, monkeypatch):
    monkeypatch.setenv("BRENDER_BROKER_URL", "redis://127.0.0.1:1/0")
    config.settings.cache_clear()
    client.core_app.cache_clear()


def test_what_is_wrong_is_told_first_and_by_the_exit_status(brender, node):
    result = brender("status")
    assert result.exit_code == 1
    assert result.output.startswith("!! ")
    assert "The broker does not answer" in result.output
    assert "database   well" in result.output
    assert "1 of 1 online" in result.output


def test_programs_get_it_as_json(brender):
    seen = json.loads(brender("status", "--json").output)
    assert seen["broker"]["trouble"]
    assert seen["database"]["kind"]
