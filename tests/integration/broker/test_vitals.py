from __future__ import annotations

import pytest

from brender_farm.broker.link import connect
from brender_farm.broker.vitals import KEY, SchedulerVitals, read_vitals


@pytest.fixture
def client(broker_url):
    with connect(broker_url) as client:
        yield client


def test_how_long_passes_take_is_kept_for_a_minute(client):
    vitals = SchedulerVitals(client)
    vitals.note(0.2)
    told = read_vitals(client)
    assert (told.pass_s, told.longest_s) == (0.2, 0.2)
    assert told.version
    assert 0 < client.ttl(KEY) <= 60


def test_a_broker_that_is_away_holds_nobody_up():
    SchedulerVitals(connect("redis://127.0.0.1:1/0", timeout_s=0.1)).note(0.2)


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b'{"pass_s": null}'])
def test_what_is_in_no_agreed_form_is_nothing(client, text):
    assert read_vitals(client) is None
    client.set(KEY, text)
    assert read_vitals(client) is None
