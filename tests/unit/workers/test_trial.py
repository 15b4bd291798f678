"""The test frame: rendered for real by the fake Blender, proven by the real prover."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.workers.conftest import FAKE_BLENDER
from tests.waiting import wait_for
from workers.blender.locate import BlenderInstall
from workers.blender.prove import Prover
from workers.trial import SHORT, Trials

INSTALL = BlenderInstall(kind="executable", path=FAKE_BLENDER, version="4.5.0")


@pytest.fixture
def memory() -> dict[str, bool]:
    return {"is_short": False}


@pytest.fixture
def trials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: dict[str, bool]
) -> Iterator[Trials]:
    monkeypatch.setenv("FAKE_BLENDER_PYTHON", sys.executable)
    prover = Prover(node_name="test")
    made = Trials(
        node_name="test",
        prover=prover,
        temp_root=tmp_path / "trials",
        is_short=lambda: memory["is_short"],
    )
    yield made
    prover.close()


def behave(monkeypatch: pytest.MonkeyPatch, **behaviour: object) -> None:
    monkeypatch.setenv("FAKE_BLENDER", json.dumps(behaviour))


def test_each_blender_renders_and_its_file_is_proven(trials: Trials, tmp_path: Path) -> None:
    first, second = trials.try_all([INSTALL, INSTALL])
    assert (first.blender, first.path, first.trouble) == ("4.5.0", str(FAKE_BLENDER), "")
    assert first.seconds > 0
    assert second.trouble == ""
    assert list((tmp_path / "trials").iterdir()) == []


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ({"fail": True, "fail_message": "No device"}, "No device"),
        ({"crash": True}, "ended"),
        ({"start_fails": "A library is missing"}, "A library is missing"),
        ({"open_crash": True}, "ended"),
        ({"truncate": True}, "not a proven frame"),
        ({"wrong_size": True}, "65 by 36 pixels instead of 64 by 36"),
        ({"black": True}, "is black"),
        ({"no_file": True}, "not a proven frame"),
    ],
    ids=["fails", "crashes", "no start", "dies opening", "cut", "size", "black", "no file"],
)
def test_a_blender_that_renders_no_whole_frame_is_told(
    trials: Trials, monkeypatch: pytest.MonkeyPatch, behaviour: dict[str, object], words: str
) -> None:
    behave(monkeypatch, **behaviour)
    (tried,) = trials.try_all([INSTALL])
    assert words in tried.trouble


def test_a_frame_that_takes_too_long_is_stopped(
    trials: Trials, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave(monkeypatch, hang=True)
    (tried,) = trials.try_all([INSTALL], limit_s=2)
    assert tried.trouble == "The test frame took longer than 2 s and was stopped."


def test_it_gives_way_when_memory_gets_short(
    trials: Trials, monkeypatch: pytest.MonkeyPatch, memory: dict[str, bool]
) -> None:
    assert trials.may_begin()
    behave(monkeypatch, hang=True)
    memory["is_short"] = True
    assert not trials.may_begin()
    (tried,) = trials.try_all([INSTALL])
    assert tried.trouble == SHORT


def test_a_node_that_stops_ends_it(trials: Trials, monkeypatch: pytest.MonkeyPatch) -> None:
    behave(monkeypatch, hang=True)
    tried = threading.Thread(target=trials.try_all, args=([INSTALL],))
    tried.start()
    wait_for(lambda: trials._session, "the test frame's Blender is there")
    trials.close()
    tried.join(20)
    assert not tried.is_alive()
