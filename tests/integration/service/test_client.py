"""The Python API, as a script uses it: each test on the farm's machine, and from elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import brender_farm
from brender_farm import submit_shot
from brender_farm.client import core_app, get_shot, this_farm
from brender_farm.domain.states import ShotState
from brender_farm.errors import ActionRefused, NotFound, RequestRefused
from tests.integration.service.core_farm import CoreFarm, done, ended, failed
from tests.waiting import wait_for

SUBMIT = """
import sys
from brender_farm import errors, submit_shot
from brender_farm.client import core_app
core_app()
print("ready", flush=True)
sys.stdin.readline()
try:
    print(submit_shot(sys.argv[1], output=sys.argv[2]).id)
except errors.RequestRefused as refusal:
    print(*(fault.field for fault in refusal.faults))
"""


@pytest.fixture
def scene(place, tmp_path, data_dir) -> Path:
    return Path(shutil.copy(data_dir / "tiny.blend", tmp_path / "tiny.blend"))


@pytest.fixture
def farm(place, tmp_path):
    """Return the other side of the API: nodes and scheduler."""
    with core_app().app_context():
        farm = CoreFarm(tmp_path)
        farm.join("atlas", slots=2)
        yield farm


def test_a_script_submits_a_shot_and_follows_it(scene, farm):
    shot = submit_shot(scene, frames="1-4", name="Opening", chunk_size=2)
    assert shot.url == f"{this_farm().url}/shots/{shot.id}"
    assert shot.state is ShotState.QUEUED
    assert (shot.progress.done, shot.progress.total, shot.progress.share) == (0, 4, 0.0)
    assert shot.frames() == []
    first, second = (order.order.chunk_id for order in farm.assign())
    farm.report(done(first, 2), done(first, 1), ended(first))
    assert shot.state is ShotState.RENDERING
    assert (shot.progress.done, shot.progress.share) == (2, 0.5)
    assert shot.progress.seconds_per_frame == 2.0
    wait_for(lambda: shot.progress.time_left_s == 4.0, "the dashboard looks ahead")
    assert shot.frames() == [shot.output / "0001.png", shot.output / "0002.png"]
    farm.report(done(second, 3), failed(second, 4, permanent=True), ended(second))
    assert shot.wait(timeout=0) is ShotState.FAILED
    assert shot.failures() == {4: "It ran out of memory."}
    assert get_shot(shot.id) == shot


def test_what_is_left_out_comes_from_the_file(scene):
    detail = submit_shot(str(scene)).detail
    assert (detail.frames, detail.format, detail.row.name) == ("1-24", "PNG", "tiny")
    assert detail.output_dir == str(scene.parent / "renders" / "tiny" / "v001")
    assert detail.row.submitter == "mira"


def test_relative_paths_are_taken_from_the_current_folder(scene, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shot = submit_shot("tiny.blend", output="out")
    assert (shot.detail.blend, shot.output) == (str(scene), tmp_path / "out")


def test_a_refusal_names_the_field_and_stores_nothing(scene):
    with pytest.raises(RequestRefused) as refusal:
        submit_shot(scene, frames="1-", chunk_size=0)
    assert {fault.field for fault in refusal.value.faults} == {"frames", "chunk_size"}
    with pytest.raises(NotFound):
        get_shot(1)


def test_warnings_come_with_the_handle(place, tmp_path, data_dir):
    film = Path(shutil.copy(data_dir / "film.blend", tmp_path / "film.blend"))
    (warning,) = submit_shot(film).warnings
    assert "film format" in warning
    with pytest.raises(RequestRefused, match="film format"):
        submit_shot(film, strict=True)


def test_waiting_ends_with_the_shot(scene, farm):
    shot = submit_shot(scene, frames="1")
    (order,) = farm.assign()
    seen = []
    changed = threading.Event()

    def note(detail):
        seen.append(detail.row.state)
        changed.set()

    states = []
    waiting = threading.Thread(target=lambda: states.append(shot.wait(timeout=60, on_change=note)))
    waiting.start()
    assert changed.wait(60)
    farm.report(done(order.order.chunk_id, 1), ended(order.order.chunk_id))
    waiting.join(60)
    assert states == [ShotState.COMPLETED]
    assert seen == [ShotState.RENDERING, ShotState.COMPLETED]


def test_waiting_gives_up_with_the_reason(scene):
    shot = submit_shot(scene)
    with pytest.raises(TimeoutError, match=r"0 of 24 frames after 0 s\. The farm has no node"):
        shot.wait(timeout=0)


def test_waiting_ends_when_the_farm_pauses_a_hopeless_shot(scene, farm):
    shot = submit_shot(scene, chunk_size=5)
    (order, _) = farm.assign()
    chunk_id = order.order.chunk_id
    items = [failed(chunk_id, frame, permanent=True) for frame in range(1, 6)]
    farm.report(*items, ended(chunk_id))
    assert shot.wait(timeout=0) is ShotState.PAUSED


def test_a_shot_is_steered(scene):
    shot = submit_shot(scene)
    assert shot.act("pause") is ShotState.PAUSED
    with pytest.raises(ActionRefused) as refusal:
        shot.act("pause")
    assert refusal.value.allowed == ("resume", "cancel")
    assert shot.act("cancel") is ShotState.CANCELLED


def test_all_frames_of_a_long_shot_are_listed(scene, farm, monkeypatch):
    monkeypatch.setattr("brender_farm.client.handle._PAGE", 10)
    shot = submit_shot(scene, frames="1-25", chunk_size=25)
    (order,) = farm.assign()
    farm.report(*(done(order.order.chunk_id, frame) for frame in range(25, 0, -1)))
    assert [path.name for path in shot.frames()] == [f"{frame:04}.png" for frame in range(1, 26)]


def test_processes_that_submit_to_one_output_at_once_are_told_apart(scene, here, tmp_path):
    environment = {**os.environ, "BRENDER_BROKER_URL": "redis://127.0.0.1:1/0"}
    command = [sys.executable, "-W", "error", "-c", SUBMIT, scene, tmp_path / "out"]
    processes = [
        subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert sorted(answers) == ["1", "output", "output"]


def test_the_public_names_are_those_of_the_client():
    assert brender_farm.submit_shot is submit_shot
    assert brender_farm.get_shot is get_shot


def test_a_script_has_frames_rendered_again_checks_files_and_deletes(scene, farm):
    shot = submit_shot(scene, frames="1-4", chunk_size=4)
    [order] = farm.assign()
    chunk = order.order.chunk_id
    farm.report(*(done(chunk, frame) for frame in (1, 2, 3, 4)), ended(chunk))
    assert shot.rerender("2-3", reason="Flicker.") == 2
    assert shot.progress.done == 2
    assert shot.audit().bad_count == 2, "no file was ever written here"
    assert shot.progress.done == 0
    shot.clear_bans()
    shot.delete()
    with pytest.raises(NotFound):
        shot.state  # noqa: B018
