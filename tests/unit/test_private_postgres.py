"""The tool that runs a command with a private PostgreSQL."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import postgres
from tests.databases import SERVER_VARIABLE

ASK = (
    f"import os, psycopg; url = os.environ['{SERVER_VARIABLE}'];"
    "print(psycopg.connect(url).execute('SELECT 6 * 7').fetchone()[0], flush=True);"
    "raise SystemExit(3)"
)


@pytest.fixture
def installed() -> None:
    try:
        postgres.find_programs()
    except postgres.CannotStart as why:
        pytest.skip(str(why))


def test_the_command_finds_a_server_and_its_status_is_returned(installed, capfd):
    assert postgres.main(["--", sys.executable, "-c", ASK]) == 3
    assert capfd.readouterr().out == "42\n"


def test_nothing_is_left_of_the_server(installed):
    with postgres.running_server() as url:
        folder = url.partition("host=")[2]
        assert Path(folder, ".s.PGSQL.5432").exists()
    assert not Path(folder).exists()


def test_without_postgresql_that_is_said_and_nothing_is_run(monkeypatch, capfd):
    monkeypatch.setattr(postgres.Path, "glob", lambda *_: iter(()))
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert postgres.main(["--", sys.executable, "-c", "print('run')"]) == 0
    shown = capfd.readouterr()
    assert shown.out == ""
    assert "SKIPPED on PostgreSQL: no PostgreSQL server is installed" in shown.err


def test_without_a_command_the_right_use_is_shown(capfd):
    assert postgres.main(["--"]) == 2
    assert "usage: python -m tests.postgres -- COMMAND" in capfd.readouterr().err
