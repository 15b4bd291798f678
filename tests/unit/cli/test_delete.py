from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from brender_farm.cli.ending import Ending


@pytest.fixture
def submitted(brender, scene) -> int:
    assert brender("submit", scene, "--name", "Opening", "--frames", "1-8").exit_code == 0
    return 1


def test_a_shot_is_deleted_without_asking_when_told_so(brender, submitted, tmp_path):
    shown = brender("delete", submitted, "--yes")
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith("Shot 1 is deleted; 0 finished frames left in ")
    assert brender("shot", submitted).exit_code == Ending.NOT_FOUND


def test_without_a_terminal_it_must_be_told(brender, submitted):
    shown = brender("delete", submitted)
    assert shown.exit_code == 2
    assert "Say --yes to delete the shot." in shown.stderr
    assert brender("shot", submitted).exit_code == 0


@pytest.mark.parametrize(
    ("answer", "status", "left"), [("n\n", 1, 0), ("y\n", 0, Ending.NOT_FOUND)]
)
def test_a_terminal_is_asked_naming_the_frames(brender, submitted, answer, status, left):
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    command = [sys.executable, "-m", "brender_farm.cli", "delete", str(submitted)]
    done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, check=False)
    os.close(ours)
    os.close(theirs)
    assert "Delete shot 1, “Opening”, of 8 frames?" in done.stderr
    assert done.returncode == status, done.stderr
    assert brender("shot", submitted).exit_code == left


def test_a_shot_that_is_none_cannot_be_deleted(brender):
    shown = brender("delete", 99, "--yes")
    assert shown.exit_code == Ending.NOT_FOUND
    assert shown.stderr == "brender: There is no shot 99.\n"
