from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from brender_farm.service.shapes.farm import FarmGlance
from dashboard import live

GLANCE = FarmGlance(
    nodes_online=1,
    nodes_total=2,
    slots_busy=0,
    slots_total=4,
    shots_active=0,
    scheduler_seen_at=datetime(2026, 3, 1, tzinfo=UTC),
    scheduler_silent=False,
    broker_trouble="",
)


def never():
    pytest.fail("an unchanged fragment was rendered")


def test_a_changed_fragment_is_sent():
    with Flask(__name__).test_request_context("/live?tag=1"):
        response = live.fragment("2", lambda: "new")
    assert (response.status_code, response.get_data()) == (200, b"new")


def test_an_unchanged_fragment_is_neither_rendered_nor_sent():
    with Flask(__name__).test_request_context("/live?tag=2"):
        response = live.fragment("2", never)
    assert (response.status_code, response.get_data()) == (304, b"")


def test_browsers_store_no_fragment():
    with Flask(__name__).test_request_context("/live?tag=2"):
        assert live.fragment("2", never).headers["Cache-Control"] == "no-store"


def test_a_scheduler_pass_alone_does_not_change_the_header():
    later = replace(GLANCE, scheduler_seen_at=datetime(2026, 3, 2, tzinfo=UTC))
    assert live.glance_tag(later) == live.glance_tag(GLANCE)
    assert live.glance_tag(replace(GLANCE, slots_busy=1)) != live.glance_tag(GLANCE)
