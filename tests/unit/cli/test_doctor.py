"""`brender doctor` as people and programs see it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest
from click.testing import Result

from brender_farm.config import Settings
from tests.farm import FAKE_BLENDER


@pytest.fixture(autouse=True)
def fake_blender(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRENDER_BLENDER", str(FAKE_BLENDER))
    monkeypatch.setenv("FAKE_BLENDER_PYTHON", sys.executable)
    monkeypatch.setenv("BRENDER_NODE_NAME", "atlas")
    monkeypatch.setenv("BRENDER_PORT", "1")  # nothing answers there
    monkeypatch.setenv("BRENDER_FLOWER_PORT", "1")


def test_a_farm_that_does_not_run_is_checked_with_this_machines_blender(
    brender: Callable[..., Result],
) -> None:
    result = brender("doctor")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].startswith("well       configuration  ")
    assert any(line.startswith("broken     broker") for line in lines)
    assert any("→ Start the farm on its machine: brender up" in line for line in lines)
    assert any("Blender 4.5.0 renders in" in line for line in lines)


def test_programs_get_one_document(brender: Callable[..., Result]) -> None:
    result = brender("doctor", "--json", "--no-render")
    told = json.loads(result.output)
    assert (told["state"], told["exit_status"], result.exit_code) == ("broken", 1, 1)
    assert told.keys() == {
        *("state", "exit_status", "node", "hostname", "looked_at", "seconds", "diagnoses"),
    }
    assert told["diagnoses"][0].keys() == {"part", "subject", "state", "found", "remedy"}


def test_a_setting_that_cannot_be_used_is_what_is_told(
    brender: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setenv("BRENDER_SLOTS", "many")
        result = brender("doctor")
    assert result.exit_code == 1
    assert "broken     configuration  BRENDER_SLOTS is 'many'." in result.output
    assert "→ give the number of chunks" in result.output


def test_an_unknown_node_is_refused(brender: Callable[..., Result], node: str) -> None:
    result = brender("doctor", "--node", "atlus")
    assert result.exit_code not in (0, 1)
    assert f"Did you mean {node}?" in result.output
