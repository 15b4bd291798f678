"""Settings, scheduler, web servers, versions and clocks: from what was found to what is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brender_farm.domain import diagnosis_parts as rules
from brender_farm.domain.diagnosis import State
from brender_farm.domain.diagnosis_parts import (
    SchedulerFacts,
    SettingsFacts,
    VersionFacts,
    WebFacts,
)

SETTINGS = SettingsFacts(
    count=30, given_count=2, data_dir="/srv/farm", known=("BRENDER_SLOTS", "BRENDER_ROOTS")
)
SCHEDULER = SchedulerFacts(
    seen_ago_s=0.8, is_silent=False, pass_s=0.012, longest_s=0.04, count=1, hostname="vm"
)
WEB = WebFacts(address="http://127.0.0.1:8888", status=200, seconds=0.004)
OWN = VersionFacts(name="here", brender="0.1.0", python="3.11.2")


def test_settings_without_fault_are_well():
    (found,) = rules.diagnose_settings(SETTINGS)
    assert found.state is State.WELL
    assert "30 settings read, 2 of them set" in found.found


def test_a_misspelt_setting_is_told_with_the_one_that_was_meant():
    (found,) = rules.diagnose_settings(replace(SETTINGS, strange=("BRENDER_SLOT",)))
    assert found.state is State.WARNING
    assert "Did you mean BRENDER_SLOTS?" in found.remedy


def test_a_file_with_passwords_that_everybody_may_read_is_told():
    (found,) = rules.diagnose_settings(replace(SETTINGS, open_files=("/srv/.env",)))
    assert (found.state, found.remedy) == (State.WARNING, "chmod 600 /srv/.env")


def test_a_setting_that_cannot_be_used_says_what_it_may_be():
    found = rules.wrong_setting("BRENDER_PORT is 'x': a port is a number. See .env.example.")
    assert (found.state, found.found) == (State.BROKEN, "BRENDER_PORT is 'x'.")
    assert found.remedy == "a port is a number. See .env.example."


@pytest.mark.parametrize(
    ("facts", "state", "words", "remedy"),
    [
        (SCHEDULER, State.WELL, "One runs on vm; its last pass was 0.8 s ago", ""),
        (SchedulerFacts(count=0), State.BROKEN, "never made a pass", "brender up"),
        (
            SchedulerFacts(seen_ago_s=7200, count=None),
            State.BROKEN,
            "does not run: it made its last pass 2 h ago",
            "brender scheduler",
        ),
        (
            SchedulerFacts(seen_ago_s=40, count=1),
            State.BROKEN,
            "something holds it up",
            "brender logs scheduler",
        ),
        (replace(SCHEDULER, count=2), State.WARNING, "2 schedulers run", "all but one"),
        (replace(SCHEDULER, count=0), State.WARNING, "does not answer", "logs scheduler"),
        (replace(SCHEDULER, pass_s=4.0), State.WARNING, "takes 4.0 s", "PostgreSQL"),
        (
            replace(SCHEDULER, broker_trouble="refused"),
            State.BROKEN,
            "cannot reach the broker",
            "BRENDER_BROKER_URL",
        ),
    ],
    ids=["well", "never", "stopped", "stuck", "two", "mute", "slow", "no broker"],
)
def test_the_scheduler(facts, state, words, remedy):
    (found,) = rules.diagnose_scheduler(facts)
    assert (found.part, found.state) == ("scheduler", state)
    assert words in found.found
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("facts", "dashboard", "flower"),
    [
        (WEB, State.WELL, State.WELL),
        (replace(WEB, status=None, trouble="refused."), State.BROKEN, State.WARNING),
        (replace(WEB, status=503), State.BROKEN, State.WARNING),
    ],
    ids=["answers", "away", "answers wrongly"],
)
def test_rendering_needs_no_flower(facts, dashboard, flower):
    assert rules.diagnose_dashboard(facts).state is dashboard
    assert rules.diagnose_flower(facts).state is flower


def test_one_version_everywhere_is_well():
    others = [replace(OWN, name="atlas"), replace(OWN, name="scheduler")]
    (found,) = rules.diagnose_versions(OWN, others)
    assert found.found == "Brender 0.1.0 and Python 3.11.2 everywhere"


def test_another_python_is_told_but_no_fault():
    (found,) = rules.diagnose_versions(OWN, [replace(OWN, name="atlas", python="3.12.1")])
    assert found.state is State.WELL
    assert "Python 3.12.1: atlas" in found.found


def test_another_brender_is_told_with_who_has_it():
    others = [replace(OWN, name="atlas"), VersionFacts(name="bert", brender="0.0.9")]
    (found,) = rules.diagnose_versions(OWN, others)
    assert (found.state, found.subject) == (State.WARNING, "bert")
    assert found.found == "Brender 0.0.9 instead of 0.1.0"


@pytest.mark.parametrize(
    ("ahead_s", "state"),
    [
        (0.0, State.WELL),
        (-2.0, State.WELL),
        (2.5, State.WARNING),
        (-30.0, State.WARNING),
        (31.0, State.BROKEN),
        (-7200.0, State.BROKEN),
    ],
)
def test_a_clock_warns_beyond_2_s_and_is_broken_beyond_30(ahead_s, state):
    (found,) = rules.diagnose_clocks({"atlas": ahead_s})
    assert found.state is state
    if state is not State.WELL:
        assert found.subject == "atlas"
        assert ("ahead of" if ahead_s > 0 else "behind") in found.found
        assert "timedatectl" in found.remedy
