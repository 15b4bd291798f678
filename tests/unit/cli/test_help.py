from __future__ import annotations

import subprocess
import sys

import click
import pytest

from brender_farm import __version__
from brender_farm.cli import COMMANDS, cli


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


def test_a_command_that_is_none_is_a_wrong_use(brender):
    shown = brender("fly")
    assert shown.exit_code == 2
    assert "No such command 'fly'" in shown.output


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
