from dataclasses import replace
from datetime import UTC, datetime

import pytest

from brender_farm.broker.refusals import Refusal
from brender_farm.config import load_settings
from brender_farm.service import trouble
from brender_farm.service.disks import DiskRoom
from brender_farm.service.shapes.condition import (
    BrokerCondition,
    ClockOff,
    DatabaseCondition,
    DisksCondition,
    NodesCondition,
    SchedulerCondition,
    VersionCount,
)
from brender_farm.service.shapes.farm import FarmGlance
from brender_farm.service.trouble import glance_trouble

WELL = FarmGlance(
    nodes_online=1,
    nodes_total=1,
    slots_busy=0,
    slots_total=1,
    shots_active=0,
    scheduler_seen_at=datetime(2026, 3, 1, tzinfo=UTC),
    scheduler_silent=False,
    broker_trouble="",
)
SETTINGS = load_settings({"BRENDER_ROOTS": "/projects", "BRENDER_DATA_DIR": "/data"})


def test_a_farm_that_is_well_gives_no_warning():
    assert glance_trouble(WELL, SETTINGS) is None


def test_a_silent_scheduler_comes_before_everything_else():
    glance = replace(WELL, scheduler_silent=True, broker_trouble="refused", nodes_online=0)
    assert "scheduler is silent" in glance_trouble(glance, SETTINGS).message


def test_broker_trouble_is_told_with_its_reason_and_the_setting_to_check():
    warning = glance_trouble(replace(WELL, broker_trouble="Connection refused."), SETTINGS)
    assert warning.message.endswith("Connection refused.")
    assert "BRENDER_BROKER_URL" in warning.remedy


def test_a_farm_without_nodes_says_how_to_add_one():
    warning = glance_trouble(replace(WELL, nodes_online=0, nodes_total=0), SETTINGS)
    assert "brender worker" in warning.remedy
    assert "/projects" in warning.remedy
    assert not warning.severe


def test_a_farm_whose_nodes_are_all_away_says_so():
    assert "No node is online" in glance_trouble(replace(WELL, nodes_online=0), SETTINGS).message


BROKER = BrokerCondition(
    kind="Valkey", version="8.0", ping_s=0.001, policy="noeviction", is_persistent=True
)


def told(troubles):
    return " ".join(trouble.message for trouble in troubles)


def test_a_broker_that_is_well_gives_no_trouble():
    assert list(trouble.broker_troubles(BROKER)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_persistent": False}, "keeps nothing on disk"),
        ({"policy": "allkeys-lru"}, "may throw messages away"),
        ({"memory_bytes": 90, "memory_limit_bytes": 100}, "90 % of its memory"),
        ({"kind": "Redis", "version": "6.0.16"}, "too old"),
        ({"trouble": "Connection refused."}, "does not answer: Connection refused"),
    ],
)
def test_what_is_wrong_with_a_broker_is_told(changes, words):
    assert words in told(trouble.broker_troubles(replace(BROKER, **changes)))


def test_what_did_not_answer_in_time_is_told():
    assert "does not answer in time" in told(trouble.broker_troubles(None))
    assert "does not answer in time" in told(trouble.database_troubles(None))
    assert "does not answer" in told(trouble.disks_troubles(None))
    assert "Flower does not answer" in told(trouble.flower_troubles(None))


def test_a_broker_that_is_away_is_told_once():
    scheduler = SchedulerCondition(is_silent=False, broker_trouble="Timeout.")
    away = replace(BROKER, trouble="Timeout.")
    assert list(trouble.scheduler_troubles(scheduler, away)) == []
    assert "cannot reach" in told(trouble.scheduler_troubles(scheduler, BROKER))


def test_a_scheduler_that_cannot_keep_up_is_told():
    slow = SchedulerCondition(is_silent=False, pass_s=3.2)
    many = replace(BROKER, reports_waiting=900)
    words = told(trouble.scheduler_troubles(slow, many))
    assert "3.2 s for each of its passes" in words
    assert "900 reports wait" in words


def test_nodes_with_another_brender_or_a_wrong_clock_are_named():
    nodes = NodesCondition(
        total=12,
        online=12,
        versions=(
            VersionCount(version="0.2", count=4, nodes=("a", "b")),
            VersionCount(version="0.1", count=8, nodes=("c",)),
        ),
        clocks=(ClockOff(node="d", ahead_s=-90.0), ClockOff(node="e", ahead_s=4.0)),
    )
    words = told(trouble.nodes_troubles(nodes, "0.1", SETTINGS))
    assert "4 of 12 nodes run another Brender than 0.1: a, b and 2 more (0.2)" in words
    assert "d by 90 s (behind)" in words
    assert "e by" not in words


def test_disks_that_are_full_or_missing_are_named():
    disks = DisksCondition(
        rooms=(DiskRoom(root="/p", free_bytes=10**9, total_bytes=10**12),), missing=("/gone",)
    )
    words = told(trouble.disks_troubles(disks))
    assert "/gone is not there" in words
    assert "/p is nearly full: 1.0 GB left" in words
    low = DatabaseCondition(free_bytes=5 * 10**8)
    assert "500 MB left" in told(trouble.database_troubles(low))


def test_messages_that_were_refused_are_told_with_why():
    refusal = Refusal(who="node atlas", why="It is not sealed.", count=3)
    seen = SchedulerCondition(is_silent=False, refusals=(refusal,))
    (found,) = trouble.scheduler_troubles(seen, None)
    assert (found.part, found.severe, found.remedy) == ("broker", False, refusal.why)
    assert "node atlas, 3" in found.message
