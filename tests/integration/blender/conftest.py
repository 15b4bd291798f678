"""A real Blender of each kind, the scenes it made itself, and one warm session with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workers.blender.locate import BlenderInstall, find_blender
from workers.blender.prove import Prover
from workers.blender.scene import RenderSettings, SceneSpec
from workers.blender.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NODE = f"tests-{os.getpid()}"
START_LIMIT_S = 120
MAKE_SCENES = Path(__file__).with_name("make_scenes.py")


def install_or_skip(kind: str) -> BlenderInstall:
    if kind == "bpy":
        pytest.importorskip("importlib.metadata").version("bpy")
        return find_blender("bpy")
    program = shutil.which("blender")
    if program is None:
        pytest.skip("there is no installed Blender (apt install blender) on the PATH")
    return find_blender(program)


@pytest.fixture(scope="session", params=["bpy", "executable"])
def install(request: pytest.FixtureRequest) -> BlenderInstall:
    return install_or_skip(request.param)


@pytest.fixture(scope="session")
def scenes(install: BlenderInstall, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of .blend files saved by this Blender, and pictures it rendered alone."""
    folder = tmp_path_factory.mktemp(f"scenes_{install.kind}")
    start = [install.path] if install.kind == "bpy" else [install.path, "-b", "--python"]
    made = subprocess.run(
        [*start, MAKE_SCENES, "--", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=START_LIMIT_S,
        check=False,
    )
    assert (folder / "driver_0005.png").exists(), made.stdout.decode(errors="replace")[-3000:]
    return folder


@pytest.fixture(scope="session")
def session(install: BlenderInstall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Return one Blender for many tests, as on a node: what a test leaves must not matter."""
    session = Session.start(
        install,
        node_name=NODE,
        on_line=lambda _: None,
        timeout_s=START_LIMIT_S,
        temp_dir=tmp_path_factory.mktemp("blender"),
    )
    yield session
    session.close()


@pytest.fixture
def start_session(install: BlenderInstall, tmp_path: Path) -> Iterator[Callable[..., Session]]:
    """Return a way to start a Blender of one's own, ended with the test."""
    started: list[Session] = []

    def start(on_line: Callable[[str], None] = lambda _: None) -> Session:
        session = Session.start(
            install,
            node_name=NODE,
            on_line=on_line,
            timeout_s=START_LIMIT_S,
            temp_dir=tmp_path,
        )
        started.append(session)
        return session

    yield start
    for session in started:
        session.kill()


@pytest.fixture(scope="session")
def prover() -> Iterator[Prover]:
    prover = Prover(node_name=NODE)
    yield prover
    prover.close()


@pytest.fixture
def spec(scenes: Path) -> Callable[..., SceneSpec]:
    def describe(name: str, scene: str | None = None, **settings: object) -> SceneSpec:
        return SceneSpec.of(
            scenes / f"{name}.blend", scene=scene, settings=RenderSettings(**settings)
        )

    return describe


@pytest.fixture
def eventually() -> Callable[[Callable[[], object], str], None]:
    """Return a wait on a condition, with a limit that only a broken program reaches."""

    def wait(condition: Callable[[], object], what: str, limit_s: float = 30) -> None:
        deadline = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < deadline, f"in {limit_s} s it never happened that {what}"
            time.sleep(0.005)

    return wait


@pytest.fixture
def python() -> str:
    return sys.executable
