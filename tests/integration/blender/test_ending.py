"""However a render is ended, Blender is gone at once."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time

import psutil
import pytest

from brender_farm.errors import SessionDied

BIG = {"width": 4000, "height": 2250, "samples": 4096}
SOON_S = 5  # it takes 0.03 s; the limit allows for a machine that is busy with other tests

NODE_THAT_RENDERS = """
import sys
from pathlib import Path
from workers.blender.locate import find_blender
from workers.blender.scene import RenderSettings, SceneSpec
from workers.blender.session import Session

setting, blend, target = sys.argv[1:]
session = Session.start(
    find_blender(setting),
    node_name="a node to be killed",
    on_line=lambda _: None,
    timeout_s=120,
    temp_dir=Path(target).parent,
)
session.open(SceneSpec.of(Path(blend), settings=RenderSettings(**{BIG})))
session.render(1, Path(target), on_started=lambda: print(session.pid, flush=True))
""".replace("{BIG}", repr(BIG))


def test_a_kill_in_the_middle_of_a_render_ends_it_at_once(start_session, spec, tmp_path):
    session = start_session()
    session.open(spec("scenes", **BIG))
    rendering = threading.Event()
    ended_at = []

    def render():
        with pytest.raises(SessionDied, match="was stopped"):
            session.render(1, tmp_path / "frame.png", on_started=rendering.set)
        ended_at.append(time.monotonic())

    thread = threading.Thread(target=render)
    thread.start()
    assert rendering.wait(60)
    killed_at = time.monotonic()
    session.kill()
    assert time.monotonic() - killed_at < SOON_S
    thread.join(SOON_S)
    assert ended_at
    assert ended_at[0] - killed_at < SOON_S
    assert not psutil.pid_exists(session.pid)


def test_blender_dies_with_its_node_even_when_that_is_killed_hard(
    install, spec, tmp_path, python, eventually
):
    setting = "bpy" if install.kind == "bpy" else str(install.path)
    command = [python, "-c", NODE_THAT_RENDERS, setting, spec("scenes").path, tmp_path / "f.png"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as node:
        blender = psutil.Process(int(node.stdout.readline()))
        try:
            node.kill()
            eventually(lambda: is_gone(blender), "Blender ended with its node", SOON_S)
        finally:
            with contextlib.suppress(psutil.NoSuchProcess):
                blender.kill()


def test_figures_of_a_living_session(session, spec, tmp_path):
    session.open(spec("scenes"))
    before, heard = session.cpu_s(), session.last_sign_of_life
    session.render(1, tmp_path / "frame.png")
    assert session.rss_bytes() > 50_000_000
    assert session.cpu_s() >= before
    assert session.last_sign_of_life > heard


def is_gone(process):
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
