"""The databases that tests run on: SQLite files, or databases of one PostgreSQL server.

With BRENDER_TEST_DATABASE_URL, the postgresql:// URL of a server that may be filled and emptied
at will, the same tests run there; `python -m tests.postgres -- COMMAND` provides one.
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from brender_farm.config import Settings, load_settings
from brender_farm.db.core import create_core_app, db
from brender_farm.db.migrate import upgrade

SERVER_VARIABLE = "BRENDER_TEST_DATABASE_URL"
_FIRST_PRESETS = """INSERT INTO presets (name, settings) VALUES
    ('1080p', '{"width":1920,"height":1080,"percentage":100}'),
    ('720p', '{"width":1280,"height":720,"percentage":100}')"""
"""What a migration begins with, and emptying takes away."""


class Databases(Protocol):
    """Where one test process gets its databases from."""

    def migrated(self, folder: Path) -> str:
        """Return the URL of a database with tables and no rows; one at a time."""

    def empty(self, folder: Path) -> str:
        """Return the URL of a new database without tables."""

    def close(self) -> None:
        """Leave nothing behind."""


def open_databases(folder: Path) -> Databases:
    """Return what this run's environment asks for; `folder` is for the process's own files."""
    server = os.environ.get(SERVER_VARIABLE, "").strip()
    return PostgresDatabases(server, folder) if server else SqliteDatabases(folder)


def fresh_database_url(folder: Path) -> str:
    """Return the URL of a new database without tables, for a farm of real processes.

    On PostgreSQL it lives as long as the server, which is private to the run.
    """
    server = os.environ.get(SERVER_VARIABLE, "").strip()
    if server:
        return PostgresDatabases(server, folder).empty(folder)
    return f"sqlite:///{folder / 'farm.db'}"


def make_settings(folder: Path, database_url: str) -> Settings:
    """Return the settings of a farm of its own inside `folder`."""
    return load_settings(
        {
            "BRENDER_DATA_DIR": str(folder / "farm"),
            "BRENDER_DATABASE_URL": database_url,
            "BRENDER_NODE_NAME": f"test-{secrets.token_hex(4)}",
            "BRENDER_ROOTS": str(folder),
            "BRENDER_WARM": "no",
        }
    )


class SqliteDatabases:
    """Each database is a file; a migrated one is a copy of one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        _migrate(f"sqlite:///{self._template}", folder)

    def migrated(self, folder: Path) -> str:
        path = folder / "farm.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def empty(self, folder: Path) -> str:
        return f"sqlite:///{folder / f'empty-{secrets.token_hex(4)}.db'}"

    def close(self) -> None:
        pass


class PostgresDatabases:
    """One migrated database for a whole test process, emptied for each test."""

    def __init__(self, server_url: str, folder: Path) -> None:
        self._folder = folder
        self._server = make_url(server_url).set(drivername="postgresql+psycopg")
        self._made: list[str] = []
        self._engine: Engine | None = None

    def migrated(self, folder: Path) -> str:
        if self._engine is None:
            url = self.empty(folder)
            _migrate(url, self._folder)
            self._engine = create_engine(url)
        with self._engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '20s'"))
            connection.execute(
                text(
                    "TRUNCATE shots, chunks, frames, nodes, events, loose_chunks, dependencies, "
                    "limits, shares, work_hours, shows, presets, saved_filters, subscriptions, "
                    "node_samples, settings, frame_versions, users, sign_ins, tokens, invitations, "
                    "submit_keys, webhooks, webhook_deliveries, node_keys RESTART IDENTITY"
                )
            )
            connection.exec_driver_sql(_FIRST_PRESETS)
            connection.execute(
                text(
                    "UPDATE farm SET shots_rev=1, nodes_rev=1, pass_at=NULL, broker_trouble='', "
                    "races_after=0, told_up_to=NULL"
                )
            )
        return self._engine.url.render_as_string(hide_password=False)

    def empty(self, folder: Path) -> str:
        name = f"brender_test_{secrets.token_hex(6)}"
        self._command(f"CREATE DATABASE {name}")
        self._made.append(name)
        return self._server.set(database=name).render_as_string(hide_password=False)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
        for name in self._made:
            self._command(f"DROP DATABASE {name} WITH (FORCE)")

    def _command(self, statement: str) -> None:
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))


def _migrate(url: str, folder: Path) -> None:
    app = create_core_app(make_settings(folder, url))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
