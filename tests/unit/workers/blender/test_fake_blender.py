"""The fake Blender does what it says: other tests build on it."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest

from brender_farm.domain.formats import FORMATS
from brender_farm.errors import FrameFailed
from workers.blender.command import blender_command, child_environment
from workers.blender.locate import find_blender
from workers.blender.pipe import Child
from workers.blender.protocol import READ_VARIABLE


def render(session, spec, target, prover, fmt="PNG", **behaviour):
    opened = session.open(spec(settings={"format": fmt}, **behaviour))
    session.render(1, target)
    return prover.prove(target, opened.width, opened.height, FORMATS[fmt], 60)


@pytest.mark.parametrize("fmt", FORMATS)
def test_it_writes_real_images(start_session, spec, tmp_path, prover, fmt):
    proof = render(start_session(), spec, tmp_path / f"1.{FORMATS[fmt].extension}", prover, fmt)
    assert (proof.width, proof.height) == (64, 36)
    assert not proof.is_black


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ({"truncate": True}, "cut off"),
        ({"wrong_size": [1]}, "65 by 36 pixels"),
        ({"no_file": [1]}, "No such file"),
    ],
    ids=["truncated", "wrong size", "no file"],
)
def test_it_writes_bad_images_when_told_to(
    start_session, spec, tmp_path, prover, behaviour, reason
):
    with pytest.raises(FrameFailed, match=reason):
        render(start_session(), spec, tmp_path / "1.png", prover, **behaviour)


def test_it_writes_black_images_when_told_to(start_session, spec, tmp_path, prover):
    assert render(start_session(), spec, tmp_path / "1.png", prover, black=True).is_black


def test_it_writes_nan_when_told_to(start_session, spec, tmp_path, prover):
    proof = render(start_session(), spec, tmp_path / "1.exr", prover, "EXR", nan=[1])
    assert proof.nan_count == 1


def test_it_lacks_scenes_and_cameras_when_told_to(start_session, spec):
    session = start_session()
    with pytest.raises(Exception, match="no scene 'Other'"):
        session.open(spec(scene="Other"))
    with pytest.raises(Exception, match="has no camera"):
        session.open(spec(camera=None))


def test_it_ends_when_its_pipe_closes_even_when_it_hangs(fake_blender, spec, tmp_path, eventually):
    node = f"""
import sys
from pathlib import Path
from workers.blender.locate import find_blender
from workers.blender.scene import SceneSpec
from workers.blender.session import Session

session = Session.start(
    find_blender({str(fake_blender)!r}),
    node_name="dies",
    on_line=lambda _: None,
    timeout_s=60,
    temp_dir=Path({str(tmp_path)!r}),
)
session.open(SceneSpec.of(Path({str(spec(hang=True).path)!r})))
session.render(1, Path("1.png"), on_started=lambda: print(session.pid, flush=True))
"""
    with subprocess.Popen([sys.executable, "-c", node], stdout=subprocess.PIPE, text=True) as dying:
        fake = psutil.Process(int(dying.stdout.readline()))
        dying.kill()
        eventually(lambda: is_gone(fake), "the fake ended with its node")


def test_it_starts_in_a_moment(fake_blender):
    command = blender_command(find_blender(str(fake_blender)))
    times = []
    for _ in range(5):
        began = time.monotonic()
        child = Child(
            command, name="fake", environment=child_environment("n"), on_line=lambda _: None
        )
        child.wait_until_ready(60)
        times.append(time.monotonic() - began)
        child.kill()
    assert min(times) < 1  # about 0.06 s; the limit allows for a machine that is busy


def test_what_was_not_asked_of_it_is_refused(fake_blender):
    command = blender_command(find_blender(str(fake_blender)))
    child = Child(command, name="fake", environment=child_environment("n"), on_line=lambda _: None)
    child.wait_until_ready(60)
    answer = child.ask({"type": "dance"}, timeout_s=60)
    assert (answer["type"], answer["kind"]) == ("error", "protocol")
    child.close(5)


def test_outside_a_node_it_says_what_is_missing(fake_blender):
    command = blender_command(find_blender(str(fake_blender)))
    alone = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert alone.returncode != 0
    assert READ_VARIABLE in alone.stderr


def is_gone(process):
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
