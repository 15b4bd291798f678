"""The fake Blender, sessions with it, and images to prove."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workers.blender.locate import find_blender
from workers.blender.prove import Prover
from workers.blender.scene import RenderSettings, SceneSpec
from workers.blender.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAKE_BLENDER = Path(__file__).parents[3] / "fake_blender" / "blender"
NODE = "unit-tests"


@pytest.fixture(autouse=True)
def fake_blender(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FAKE_BLENDER_PYTHON", sys.executable)
    return FAKE_BLENDER


@pytest.fixture
def behave(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a way to say how fakes started from now on behave."""

    def behave(**behaviour: object) -> None:
        monkeypatch.setenv("FAKE_BLENDER", json.dumps(behaviour))

    return behave


@pytest.fixture
def start_session(fake_blender: Path, tmp_path: Path) -> Iterator[Callable[..., Session]]:
    started: list[Session] = []

    def start(on_line: Callable[[str], None] = lambda _: None, timeout_s: float = 60.0) -> Session:
        install = find_blender(str(fake_blender))
        session = Session.start(
            install, node_name=NODE, on_line=on_line, timeout_s=timeout_s, temp_dir=tmp_path
        )
        started.append(session)
        return session

    yield start
    for session in started:
        session.kill()


@pytest.fixture
def spec(tmp_path: Path) -> Callable[..., SceneSpec]:
    """Return a way to make a .blend that behaves as told, and to describe it."""

    def make(
        name: str = "shot", scene: str | None = None, settings: dict | None = None, **behaviour
    ) -> SceneSpec:
        blend = tmp_path / f"{name}.blend"
        blend.write_bytes(b"BLENDER-v405 and no more")
        Path(f"{blend}.fake.json").write_text(json.dumps(behaviour))
        return SceneSpec.of(blend, scene=scene, settings=RenderSettings(**(settings or {})))

    return make


@pytest.fixture(scope="session")
def prover() -> Iterator[Prover]:
    prover = Prover(node_name=NODE)
    yield prover
    prover.close()


@pytest.fixture
def eventually() -> Callable[[Callable[[], object], str], None]:
    """Return a wait on a condition, with a limit that only a broken program reaches."""

    def wait(condition: Callable[[], object], what: str, limit_s: float = 30) -> None:
        deadline = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < deadline, f"in {limit_s} s it never happened that {what}"
            time.sleep(0.002)

    return wait
