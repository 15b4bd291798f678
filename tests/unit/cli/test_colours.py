"""What a terminal is shown: colours, signs, its width, and nothing that could steer it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from brender_farm.cli.table import fitted, print_table
from brender_farm.cli.terminal import LOOKS
from brender_farm.domain.states import ChunkState, FrameState, NodeIntent, ShotState

GREEN, ESCAPE = "\x1b[32m", "\x1b["


@pytest.fixture
def submitted(brender, scene) -> int:
    assert brender("submit", scene, "--name", "Opening", "--frames", "1-8").exit_code == 0
    return 1


def on_a_terminal(*arguments: str, columns: int = 80, **env: str) -> str:
    """Return what a command writes to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color", **env}
    command = [sys.executable, "-m", "brender_farm.cli", *arguments]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        written = b""
        try:
            while part := os.read(ours, 65536):
                written += part
        except OSError:  # Linux says so when the last writer has gone
            pass
        process.wait()
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


def test_every_state_has_a_sign():
    states = {*ShotState, *ChunkState, *FrameState, *NodeIntent}
    assert {str(state) for state in states} <= set(LOOKS)


def test_a_terminal_gets_signs_and_colours(submitted, brender):
    brender("cancel", 1)
    shown = on_a_terminal("shots")
    assert "⊘ cancelled" in shown
    assert ESCAPE in shown


def test_no_color_leaves_signs_and_no_colours(submitted):
    shown = on_a_terminal("shots", NO_COLOR="1")
    assert "○ queued" in shown
    assert ESCAPE not in shown
    assert ESCAPE not in on_a_terminal("shots", "--no-color")


def test_a_pipe_gets_plain_words_unless_colours_are_asked_for(brender, node):
    assert ESCAPE not in brender("nodes").output
    assert "✓" not in brender("nodes").output
    assert f"{GREEN}✓ online, enabled" in brender("nodes", "--color").output
    assert f"{GREEN}✓ online, enabled" in brender("--color", "nodes").output


def test_json_never_has_colours(brender, submitted):
    assert ESCAPE not in brender("shots", "--json", "--color").output


def test_a_narrow_terminal_cuts_the_longest_text(brender, submitted):
    brender("edit", 1, "--name", "A name that goes on and on and on and on")
    lines = on_a_terminal("shots", columns=80, NO_COLOR="1").splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["ID", "STATE", "DONE", "LEFT", "PRIO", "SUBMITTER", "NAME"]
    assert lines[1].endswith("…")
    assert "A name that goes on and on and on and on" in brender("shots").output


def test_waiting_draws_its_bar_on_a_terminal(brender, submitted):
    brender("cancel", 1)
    shown = on_a_terminal("wait", "1")
    assert "Opening · cancelled" in shown
    assert "0/8 frames" in shown
    assert shown.rstrip().endswith("Shot 1 is cancelled, 0 of 8 frames.")


def test_columns_of_numbers_are_not_cut():
    assert fitted([5, 40, 10], {0}, 40) == [5, 21, 10]
    assert fitted([5, 40, 10], {0}, None) == [5, 40, 10]
    assert fitted([50, 8], {0}, 20) == [50, 8]  # what cannot be cut stays as it is


def test_numbers_stand_below_each_other(capsys):
    print_table(("ID", "NAME"), [(7, "a"), (12345, "b")], right=("ID",))
    assert capsys.readouterr().out == "   ID  NAME\n    7  a\n12345  b\n"


def test_wide_letters_take_two_columns(capsys):
    print_table(("NAME", "N"), [("日本", 1), ("abcd", 2)])
    assert capsys.readouterr().out == "NAME  N\n日本  1\nabcd  2\n"


def test_what_people_wrote_steers_no_terminal(capsys):
    print_table(("NAME",), [("a\x1b[2Jb\nc\u202ed",)])
    shown = capsys.readouterr().out
    assert ESCAPE not in shown
    assert "\u202e" not in shown
    assert len(shown.splitlines()) == 2
