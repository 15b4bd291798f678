"""`brender completion`: what real shells offer, and that nothing disturbs who is typing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from brender_farm import config
from brender_farm.cli.completing import offers

_ASK_BASH = """
source <(brender completion bash)
COMP_WORDS=({words})
COMP_CWORD={place}
_brender_completion brender
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
_ASK_ZSH = """
autoload -U compinit && compinit -u -D
eval "$(brender completion zsh)"
compadd() {{ print -l -- ${{(P)@[-1]}} }}
_describe() {{ print -l -- ${{(P)3}} }}
words=({words}); CURRENT={place}+1
_brender_completion
"""


def complete(shell: str, *words: str) -> list[str]:
    """Return what a shell offers for the last of these words."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here")
    quoted = " ".join(f"'{word}'" for word in words)
    script = {
        "bash": _ASK_BASH.format(words=quoted, place=len(words) - 1),
        "zsh": _ASK_ZSH.format(words=quoted, place=len(words) - 1),
        "fish": f"brender completion fish | source; complete --do-complete '{' '.join(words)}'",
    }[shell]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [program, "--norc", "-c", script] if shell == "bash" else [program, "-c", script],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return [line.split("\t")[0] for line in done.stdout.splitlines() if line]


SHELLS = pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])


@SHELLS
def test_a_shell_completes_commands(shell, here):
    offered = complete(shell, "brender", "pre")
    assert [word.partition(":")[0] for word in offered] == ["presets"]


@SHELLS
def test_a_shell_completes_options(shell, here):
    offered = complete(shell, "brender", "shots", "--su")
    assert [word.partition(":")[0] for word in offered] == ["--submitter"]


@SHELLS
def test_a_shell_completes_shots_by_number_and_name(shell, brender, scene):
    brender("submit", scene, "--name", "harbour_010")
    assert [word.partition(":")[0] for word in complete(shell, "brender", "pause", "1")] == ["1"]
    offered = complete(shell, "brender", "pause", "harb")
    assert [word.partition(":")[0] for word in offered] == ["harbour_010"]


def test_nodes_shows_and_presets_are_completed(brender, node, tmp_path):
    brender("shows", "add", "Film", tmp_path)
    assert complete("bash", "brender", "node", "drain", "at") == ["atlas"]
    assert complete("bash", "brender", "shows", "set", "F") == ["Film"]
    assert complete("bash", "brender", "submit", "x.blend", "--preset", "72") == ["720p"]


def test_a_shot_is_offered_beside_the_words_for_it(brender, scene):
    brender("submit", scene, "--name", "harbour")
    assert complete("bash", "brender", "shot", "") == ["show", "wait", "1"]


def test_names_that_a_shell_would_take_apart_are_left_out(brender, scene):
    brender("submit", scene, "--name", "two words; rm -rf x")
    assert offers("shot", "two") == []
    assert [word for word, _ in offers("shot", "")] == ["1"]


def test_whatever_goes_wrong_nothing_is_said(brender, monkeypatch, capfd, tmp_path):
    monkeypatch.setenv("BRENDER_URL", "http://127.0.0.1:1")
    assert offers("shot", "1") == []
    monkeypatch.setenv("BRENDER_URL", "no address")
    assert offers("node", "a") == []
    assert capfd.readouterr() == ("", "")


def test_no_database_is_made_for_somebody_who_types(here, monkeypatch, tmp_path):
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("BRENDER_DATABASE_URL", f"sqlite:///{tmp_path}/none/farm.db")
        config.settings.cache_clear()
        assert offers("shot", "1") == []
    config.settings.cache_clear()
    assert not (tmp_path / "none").exists()
