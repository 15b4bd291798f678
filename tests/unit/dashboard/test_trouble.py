from dataclasses import replace
from datetime import UTC, datetime

from brender_farm.config import load_settings
from brender_farm.service.shapes.farm import FarmGlance
from dashboard.trouble import farm_warning

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
    assert farm_warning(WELL, SETTINGS) is None


def test_a_silent_scheduler_comes_before_everything_else():
    glance = replace(WELL, scheduler_silent=True, broker_trouble="refused", nodes_online=0)
    assert "scheduler is silent" in farm_warning(glance, SETTINGS).message


def test_broker_trouble_is_told_with_its_reason_and_the_setting_to_check():
    warning = farm_warning(replace(WELL, broker_trouble="Connection refused."), SETTINGS)
    assert warning.message.endswith("Connection refused.")
    assert "BRENDER_BROKER_URL" in warning.remedy


def test_a_farm_without_nodes_says_how_to_add_one():
    warning = farm_warning(replace(WELL, nodes_online=0, nodes_total=0), SETTINGS)
    assert "brender worker" in warning.remedy
    assert "/projects" in warning.remedy
    assert not warning.severe


def test_a_farm_whose_nodes_are_all_away_says_so():
    assert "No node is online" in farm_warning(replace(WELL, nodes_online=0), SETTINGS).message
