"""`make demo`'s promise: a farm from nothing, a rendered shot, and no process left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.acceptance.conftest import needs_bpy
from tests.farm import FAKE_BLENDER, Farm
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("acceptance")


@needs_bpy
def test_the_demo_renders_its_frames_and_ends_without_a_trace(tmp_path: Path) -> None:
    farm = Farm(tmp_path)

    done = farm.run("demo", "--once", "--frames", "1-3", limit_s=180)

    assert done.returncode == 0, done.stdout + done.stderr
    for promised in ("All 3 frames are on disk.", farm.settings.url, "/flower/", "Frames"):
        assert promised in done.stdout
    folder = farm.settings.data_dir / "demo" / "renders" / "Spinning_farm" / "v001"
    assert sorted(path.name for path in folder.glob("*.png")) == [f"{n:04}.png" for n in (1, 2, 3)]
    wait_for(lambda: processes_of(farm) == [], "no process is left")


@pytest.mark.parametrize(
    "command", [["-m", "brender_farm.cli", "up"], ["-m", "honcho", "start"]], ids=["up", "honcho"]
)
def test_the_farm_comes_up_and_goes_down_whole(tmp_path: Path, command: list[str]) -> None:
    farm = Farm(tmp_path, {"BRENDER_BLENDER": str(FAKE_BLENDER), "BRENDER_NODE_NAME": "anna"})
    (tmp_path / "Procfile").write_text((Path(__file__).parents[2] / "Procfile").read_text())
    path = f"{Path(sys.executable).parent}{os.pathsep}{farm.env['PATH']}"
    with (tmp_path / "up.log").open("wb") as log:
        up = subprocess.Popen(
            [sys.executable, *command],
            env=farm.env | {"PATH": path},
            cwd=tmp_path,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: farm.node("anna").online, "the node is online")
        shot = farm.submit(farm.blend(), frames="1-5")
        assert farm.wait_until_over(shot).row.done_count == 5
        up.send_signal(signal.SIGINT)
        up.wait(30)
    finally:
        up.kill()
    wait_for(lambda: processes_of(farm) == [], "no process is left")


def test_up_starts_again_what_was_killed(tmp_path: Path) -> None:
    farm = Farm(tmp_path, {"BRENDER_BLENDER": str(FAKE_BLENDER), "BRENDER_NODE_NAME": "anna"})
    log = tmp_path / "up.log"
    with log.open("wb") as out:
        up = subprocess.Popen(
            [sys.executable, "-m", "brender_farm.cli", "up"],
            env=farm.env,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: farm.node("anna").online, "the node is online")
        shot = farm.submit(farm.blend(seconds=0.3), frames="1-20", chunk_size=4)
        farm.wait_for_frames(shot, 1)
        for name in ("worker", "scheduler", "broker"):
            victim = wait_for(lambda n=name: find(farm, n), f"{name} runs")
            victim.kill()
            wait_for(lambda n=name: f"{n} ended" in log.read_text(), f"{name} is noticed")
        assert farm.wait_until_over(shot).row.done_count == 20
    finally:
        up.terminate()
        up.wait(30)
    wait_for(lambda: processes_of(farm) == [], "no process is left")


def test_the_farm_dies_with_its_supervisor(tmp_path: Path) -> None:
    farm = Farm(tmp_path, {"BRENDER_BLENDER": str(FAKE_BLENDER), "BRENDER_NODE_NAME": "anna"})
    up = subprocess.Popen(
        [sys.executable, "-m", "brender_farm.cli", "up"],
        env=farm.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(lambda: farm.node("anna").online, "the node is online")

    up.kill()
    up.wait()

    wait_for(lambda: processes_of(farm) == [], "no process is left")


def test_a_farm_that_is_told_to_end_while_it_starts_ends_whole(tmp_path: Path) -> None:
    farm = Farm(tmp_path, {"BRENDER_BLENDER": str(FAKE_BLENDER)})
    for _ in range(5):
        up = subprocess.Popen(
            [sys.executable, "-m", "brender_farm.cli", "up"],
            env=farm.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        wait_for(lambda: len(processes_of(farm)) > 1, "its processes are being started")

        up.terminate()

        _, words = up.communicate(timeout=30)
        assert (up.returncode, words) == (0, b"")
        wait_for(lambda: processes_of(farm) == [], "no process is left")


def test_a_second_farm_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    farm = Farm(tmp_path, {"BRENDER_BLENDER": str(FAKE_BLENDER)})
    up = subprocess.Popen(
        [sys.executable, "-m", "brender_farm.cli", "up"],
        env=farm.env,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(lambda: len(processes_of(farm)) > 1, "the farm has begun to start its processes")

        second = farm.run("up", limit_s=30)

        assert second.returncode == 1
        assert "already runs" in second.stderr
    finally:
        up.terminate()
        up.wait(30)


def processes_of(farm: Farm) -> list[psutil.Process]:
    """Return every process that works in this farm's data folder or was told of it."""
    folder = str(farm.settings.data_dir)
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                words = [process.cwd(), *process.cmdline(), *process.environ().values()]
                found += [process] if any(folder in word for word in words) else []
        except psutil.Error:
            continue
    return found


def find(farm: Farm, name: str) -> psutil.Process | None:
    """Return one of the farm's processes by the name that the Procfile gives it."""
    wanted = "valkey-server" if name == "broker" else f"brender_farm.cli {name}"
    for process in processes_of(farm):
        with contextlib.suppress(psutil.Error):
            if wanted in " ".join(process.cmdline()):
                return process
    return None
