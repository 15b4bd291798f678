"""What `brender --help` and each command's help say, and that their examples can be typed."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from brender_farm import __version__
from brender_farm.cli import AT_HOME, COMMANDS, SECTIONS, cli
from tests.unit.cli.typing_lines import refusal_of, typed_in, walk

ALL = dict(walk(cli, ("brender",)))


def test_help_lists_every_command(brender):
    shown = brender("--help")
    assert shown.exit_code == 0
    for name, (_, words) in COMMANDS.items():
        assert f"  {name} " in shown.output
        assert words.split(",")[0] in shown.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(brender, name):
    shown = brender(name, "--help")
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith(f"Usage: brender {name}")
    command = cli.get_command(click.Context(cli), name)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help


def test_every_command_has_its_place_in_the_help():
    placed = [name for names in SECTIONS.values() for name in names]
    assert sorted(placed) == sorted(set(placed))
    assert set(placed) == set(COMMANDS)
    assert set(AT_HOME) < set(COMMANDS)


@pytest.mark.parametrize("path", ALL)
def test_every_example_can_be_typed(path):
    epilog = ALL[path].epilog or ""
    assert "Examples:" in epilog, f"{path} --help has no example"
    lines = [typed for line in epilog.splitlines() for typed in typed_in(line)]
    assert lines
    assert [refusal_of(typed) for typed in lines] == [""] * len(lines)


def test_a_command_that_is_none_is_a_wrong_use(brender):
    shown = brender("fly")
    assert shown.exit_code == 2
    assert shown.stderr == "brender: No such command 'fly'. See: brender --help\n"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(("pasue", "1"), "pause"), (("node", "drian"), "drain"), (("shots", "--jsno"), "--json")],
)
def test_what_is_nearly_a_command_is_told(brender, typed, meant):
    shown = brender(*typed)
    assert shown.exit_code == 2
    assert "Did you mean" in shown.stderr
    assert f"'{meant}'" in shown.stderr


def test_alone_it_shows_its_help(brender):
    shown = brender()
    assert shown.exit_code == 0
    assert shown.output.startswith("Usage: brender")
    assert brender("node").output.startswith("Usage: brender node")


def test_the_version_is_printed(brender):
    assert brender("version").output == f"{__version__}\n"


def test_help_needs_neither_database_nor_broker():
    code = (
        "import sys; from brender_farm.cli import main; sys.argv = ['brender', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('flask', 'celery', 'sqlalchemy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
