"""The command line on a real farm: submit, watch, steer and look, here and by the dashboard's API.

Every command is a process of its own, as it is typed.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from brender_farm.cli.ending import Ending
from tests.farm import Farm
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("acceptance")


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """Run a farm with one node and a dashboard for all tests of this module."""
    farm = Farm(tmp_path_factory.mktemp("farm"))
    try:
        farm.start("broker", "scheduler", "web")
        farm.start_node("anna", slots=2)
        yield farm
    finally:
        farm.stop()


@pytest.fixture(params=["here", "by the API"])
def typed(farm: Farm, request: pytest.FixtureRequest):
    """Return a way to type commands: on the farm's machine, and from elsewhere."""
    env = dict(farm.env)
    if request.param == "by the API":
        env = {name: text for name, text in env.items() if not name.startswith("BRENDER_")}
        env["BRENDER_URL"] = farm.settings.url
        env["HOME"] = "/nowhere"

    def run(*arguments: object, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "brender_farm.cli", *map(str, arguments)],
            env=env,
            cwd=farm.folder,
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_a_shot_is_submitted_and_watched_to_its_end(farm, typed):
    done = typed("submit", farm.blend(), "--frames", "1-3", "--watch", "--json")
    assert done.returncode == Ending.DONE, done.stderr
    told = json.loads(done.stdout)
    assert (told["shot"]["state"], told["shot"]["done_count"]) == ("completed", 3)
    assert len(list(Path(told["output_dir"]).glob("*.png"))) == 3
    shot_id = told["shot"]["id"]
    listed = json.loads(typed("shots", "--json").stdout)
    assert shot_id in [row["id"] for row in listed]
    frames = json.loads(typed("frames", shot_id, "--json").stdout)
    assert [(row["state"], row["node"]) for row in frames] == [("done", "anna")] * 3
    assert Path(frames[0]["file"]).is_file()
    chunk = json.loads(typed("chunks", shot_id, "--json").stdout)[0]["id"]
    assert typed("chunks", "--log", chunk).returncode == 0
    archive = farm.folder / f"{shot_id}.zip"
    assert typed("frames", shot_id, "--zip", archive).returncode == 0
    assert len(zipfile.ZipFile(archive).namelist()) == 3
    assert typed("audit", shot_id).returncode == 0


def test_shots_are_steered_and_waited_for(farm, typed):
    ids = []
    for _ in range(2):
        made = typed("submit", farm.blend(seconds=0.5), "--frames", "1-40", "--json")
        ids.append(json.loads(made.stdout)["shot"]["id"])
    words = " ".join(map(str, ids))
    assert typed("pause", "-", stdin=words).stdout == f"Shots {ids[0]}, {ids[1]} are paused.\n"
    assert "It is paused" in typed("why", ids[0]).stdout
    assert typed("priority", ids[0], 90).returncode == 0
    row = json.loads(typed("shot", ids[0], "--json").stdout)["row"]
    assert (row["state"], row["priority"]) == ("paused", 90)
    refused = typed("pause", ids[0], "--json")
    assert refused.returncode == Ending.REFUSED
    assert "resume" in json.loads(refused.stderr)["error"]["allowed"]
    cancelled = json.loads(typed("cancel", *ids, "--json").stdout)
    assert sorted(cancelled["done"]) == sorted(ids)
    assert typed("wait", *ids).returncode == Ending.CANCELLED
    assert typed("delete", *ids).returncode == Ending.WRONG_USE
    assert typed("delete", *ids, "--yes").returncode == 0
    assert typed("shot", ids[0]).returncode == Ending.NOT_FOUND


def test_the_farm_is_looked_at_and_set(farm, typed):
    assert "anna" in typed("nodes").stdout
    assert json.loads(typed("nodes", "--json").stdout)[0]["online"] is True
    assert typed("node", "drain", "anna").stdout == "Node anna is draining.\n"
    assert typed("node", "enable", "anna").stdout == "Node anna is enabled.\n"
    assert typed("queue").returncode == 0
    assert json.loads(typed("status", "--json").stdout)["scheduler"]
    assert typed("limits", "set", "nuke", 4).returncode == 0
    assert json.loads(typed("limits", "--json").stdout)[0]["slots"] == 4
    assert typed("limits", "remove", "nuke").returncode == 0
    assert typed("presets", "set", "Sketch", "samples=4").returncode == 0
    assert typed("presets", "remove", "Sketch", "--yes").returncode == 0
    assert json.loads(typed("settings", "--json").stdout)["slow_factor"]
    assert typed("logs", "scheduler").returncode == 0
    assert typed("stuck").returncode == 0
    assert typed("shows").returncode == 0


def test_ctrl_c_ends_the_watching_and_not_the_shot(farm, typed):
    made = typed("submit", farm.blend(seconds=0.5), "--frames", "1-40", "--json")
    shot_id = json.loads(made.stdout)["shot"]["id"]
    wait_for(lambda: farm.shot(shot_id).row.state == "rendering", "it renders")
    with subprocess.Popen(
        [sys.executable, "-m", "brender_farm.cli", "wait", str(shot_id)],
        env=farm.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as waiting:
        wait_for(lambda: _has_opened_the_database(waiting.pid), "it waits")
        waiting.send_signal(signal.SIGINT)
        _, said = waiting.communicate(timeout=30)
    assert waiting.returncode == Ending.INTERRUPTED
    assert b"Traceback" not in said
    assert farm.shot(shot_id).row.state == "rendering"
    assert typed("cancel", shot_id).returncode == 0


def _has_opened_the_database(pid: int) -> bool:
    links = Path(f"/proc/{pid}/fd")
    return any(".db" in str(link.readlink()) for link in links.iterdir() if link.is_symlink())
