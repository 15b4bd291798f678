"""How commands end: the status, and what is said of an error, to people and to programs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from brender_farm import config
from brender_farm.cli.ending import Ending, ending_of, ending_of_shot
from brender_farm.domain.states import ShotState
from brender_farm.errors import (
    ActionRefused,
    BrokerUnavailable,
    DatabaseUnavailable,
    FarmError,
    FarmUnreachable,
    NotAllowed,
    NotFound,
    SignInNeeded,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (FarmError(), 1),
        (ActionRefused("No."), 1),
        (NotFound(), 3),
        (NotAllowed(), 4),
        (SignInNeeded(), 4),
        (BrokerUnavailable(), 5),
        (DatabaseUnavailable(), 5),
        (FarmUnreachable(), 5),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, FarmError) else "",
)
def test_each_kind_of_error_has_its_status(error, status):
    assert ending_of(error) == status


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (ShotState.COMPLETED, 0),
        (ShotState.FAILED, 10),
        (ShotState.CANCELLED, 11),
        (ShotState.PAUSED, 12),
    ],
)
def test_waiting_ends_with_what_became_of_the_shot(state, status):
    assert ending_of_shot(state) == status


def test_programs_get_an_error_as_json(brender, scene):
    brender("submit", scene)
    shown = brender("resume", 1, "--json")
    assert (shown.exit_code, shown.stdout) == (Ending.REFUSED, "")
    error = json.loads(shown.stderr)["error"]
    assert (error["status"], error["kind"]) == (1, "refused")
    assert error["allowed"] == ["pause", "cancel"]
    assert "is not possible now" in error["message"]


def test_programs_get_every_fault_of_a_request(brender, scene):
    shown = brender("submit", scene, "--frames", "x", "--priority", 200, "--json")
    faults = json.loads(shown.stderr)["error"]["faults"]
    assert {fault["field"] for fault in faults} == {"frames", "priority"}
    assert all(fault["message"] for fault in faults)


def test_a_wrong_use_is_json_too(brender):
    shown = brender("shots", "--json", "--limit", 0)
    assert shown.exit_code == Ending.WRONG_USE
    assert json.loads(shown.stderr)["error"]["kind"] == "wrong_use"


def test_a_database_that_is_none_is_said_in_a_line(brender, here, monkeypatch, tmp_path):
    from brender_farm.client.core import core_app

    (tmp_path / "odd.db").write_bytes(b"no database at all" * 100)
    monkeypatch.setenv("BRENDER_DATABASE_URL", f"sqlite:///{tmp_path}/odd.db")
    config.settings.cache_clear()
    core_app.cache_clear()
    shown = brender("shots")
    monkeypatch.setenv("BRENDER_DATABASE_URL", here.database_url)
    config.settings.cache_clear()
    core_app.cache_clear()
    assert shown.exit_code == Ending.UNREACHABLE
    assert shown.stderr.startswith("brender: The farm's database cannot be opened")


def test_a_farm_that_does_not_answer_is_said_in_a_line(brender, monkeypatch):
    monkeypatch.setenv("BRENDER_URL", "http://127.0.0.1:1")
    shown = brender("shots")
    assert shown.exit_code == Ending.UNREACHABLE
    assert "No farm answers at http://127.0.0.1:1" in shown.stderr


@pytest.mark.parametrize("command", ["backup", "users", "tokens"])
def test_what_is_of_the_farms_machine_only_says_so(brender, monkeypatch, command):
    monkeypatch.setenv("BRENDER_URL", "http://farm.example.org")
    shown = brender(command)
    assert shown.exit_code == Ending.REFUSED
    assert f"“brender {command}” works on the farm's own machine only" in shown.stderr
    assert "unset BRENDER_URL" in shown.stderr


def test_a_reader_that_goes_away_is_no_error(brender, scene):
    brender("submit", scene)
    code = (
        "import sys; from brender_farm.cli import main\n"
        "sys.stdout.write('x' * 200_000)\n"  # more than a pipe holds
        "sys.argv = ['brender', 'shots']\n"
        "main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()
    assert said == b""
    assert process.returncode == Ending.PIPE_CLOSED


def test_ctrl_c_is_quiet(brender, monkeypatch, scene):
    from brender_farm.client.local import LocalFarm

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalFarm, "list_shots", interrupted)
    shown = brender("shots")
    assert shown.exit_code == Ending.INTERRUPTED
    assert shown.output.strip() == ""
