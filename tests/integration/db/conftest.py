"""Databases without tables, and processes that find one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from brender_farm.config import Settings
from brender_farm.db.core import create_core_app, db
from tests.databases import Databases, make_settings


@pytest.fixture
def empty_farm(tmp_path: Path, databases: Databases) -> Settings:
    """Return the settings of a farm whose database has no tables yet."""
    return make_settings(tmp_path, databases.empty(tmp_path))


@pytest.fixture
def empty_app(empty_farm: Settings) -> Iterator[Flask]:
    app = create_core_app(empty_farm)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def at_once(empty_farm: Settings) -> Callable[..., list[str]]:
    """Return a way to run one program in several processes, let go at the same moment.

    The program reads a line from its standard input where it is to wait for the others. What
    each printed is returned; one that fails fails the test.
    """

    def run(program: str, count: int) -> list[str]:
        environment = {
            **os.environ,
            "BRENDER_DATA_DIR": str(empty_farm.data_dir),
            "BRENDER_DATABASE_URL": empty_farm.database_url,
            "BRENDER_BROKER_URL": "",
        }
        processes = [
            subprocess.Popen(
                [sys.executable, "-W", "error", "-c", program],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(count)
        ]
        for process in processes:
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        ends = [process.communicate(timeout=120) for process in processes]
        assert [process.returncode for process in processes] == [0] * count, ends
        return [out.strip() for out, _ in ends]

    return run
