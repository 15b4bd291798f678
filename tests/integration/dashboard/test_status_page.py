from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from brender_farm.broker.board import HEARTBEATS
from brender_farm.broker.link import connect
from brender_farm.broker.queues import FARM_QUEUE, node_queue
from brender_farm.broker.vitals import SchedulerVitals
from brender_farm.db.models import Farm
from brender_farm.service import condition
from brender_farm.service.condition import watch_condition


@pytest.fixture
def broker(farm, broker_url):
    """Give the farm a broker."""
    farm.app.extensions["brender_settings"] = replace(farm.settings, broker_url=broker_url)
    watch_condition(farm.app)
    with connect(broker_url) as client:
        yield client


def status(farm) -> dict:
    response = farm.get("/api/v1/status")
    assert response.status_code == 200
    return response.json


def test_every_part_of_the_farm_is_told_of(farm, broker):
    farm.add_node("atlas")
    SchedulerVitals(broker).note(0.012)
    broker.hset(HEARTBEATS, "atlas", "{}")
    broker.rpush(node_queue("atlas"), "a", "b")
    broker.rpush(FARM_QUEUE, "report")

    seen = status(farm)

    assert seen["broker"]["ping_s"] > 0
    assert seen["broker"]["queues"] == [{"name": "node.atlas", "count": 2}]
    assert seen["broker"]["reports_waiting"] == 1
    assert seen["database"]["revision"]
    assert seen["database"]["size_bytes"] > 0
    assert (seen["nodes"]["online"], seen["nodes"]["total"]) == (1, 1)
    assert seen["scheduler"]["pass_s"] == pytest.approx(0.012)
    assert seen["disks"]["rooms"][0]["total_bytes"] > 0
    assert seen["dashboard"]["version"]


def test_the_page_begins_with_what_is_wrong_and_what_to_do(farm):
    text = farm.text("/status").split("<main")[1]
    assert "The broker does not answer" in text
    assert "check BRENDER_BROKER_URL" in text
    assert "No node has joined this farm yet" in text
    assert text.index("The broker does not answer") < text.index("No node has joined")


def test_versions_and_clocks_that_differ_are_shown(farm, broker):
    facts = {"blender_versions": ["4.5.15", "3.4.1"], "brender": "0.0.9", "clock_off_s": -75.0}
    farm.add_node("atlas", facts=facts)
    farm.add_node("bellows", facts={"blender_versions": ["4.5.15"], "brender": "0.1.0"})
    text = farm.text("/status")
    assert "run another Brender" in text
    assert "Blender 3.4.1" in text
    assert "1 min 15 s behind" in text


def test_a_silent_scheduler_is_told_whatever_it_said_before(farm, broker):
    SchedulerVitals(broker).note(0.012)
    with farm.writing() as session:
        session.get(Farm, 1).pass_at = datetime(2020, 1, 1, tzinfo=UTC)
    seen = status(farm)
    assert seen["scheduler"]["is_silent"]
    assert seen["scheduler"]["pass_s"] is None
    assert "scheduler is silent" in seen["troubles"][0]["message"]


def test_a_part_that_hangs_does_not_hang_the_page(farm, monkeypatch):
    let_go = threading.Event()
    monkeypatch.setattr(condition, "look_at_broker", lambda _: let_go.wait(60))
    monkeypatch.setattr(condition, "FIRST_PATIENCE_S", 0.3)
    watch_condition(farm.app)
    began_s = time.monotonic()
    text = farm.text("/status")
    assert time.monotonic() - began_s < 5
    assert "The broker does not answer in time" in text
    assert "No answer" in text
    let_go.set()


def test_passwords_are_not_shown(farm):
    url = "redis://:s3cret-word@127.0.0.1:1/0"
    farm.app.extensions["brender_settings"] = replace(farm.settings, broker_url=url)
    watch_condition(farm.app)
    assert "s3cret-word" not in farm.text("/status")
    assert status(farm)["broker"]["address"] == "redis://:***@127.0.0.1:1/0"


def test_a_poll_costs_no_query_of_its_own(farm, broker):
    farm.text("/status")
    with farm.counted_queries() as queries:
        assert farm.get("/status/live").status_code == 200
    assert queries == []
