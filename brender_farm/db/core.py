"""The database behind everything: one engine, one core app, one way to write.

Every writing transaction takes the write lock at its start (`BEGIN IMMEDIATE` on SQLite, an
advisory lock on PostgreSQL): a transaction that reads first and writes later would otherwise be
refused by SQLite at once, whatever the busy timeout, or race on PostgreSQL. They are short.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event, text
from sqlalchemy.orm import DeclarativeBase, Session

from brender_farm.config import Settings
from brender_farm.db.changes import forget_changes

_App = TypeVar("_App", bound=Flask)

BUSY_TIMEOUT_S = 15.0
_turn = threading.RLock()
"""This process's writers wait here for each other: SQLite would have them sleep and try again."""
_WRITE_LOCK = 0x6272656E  # "bren": the advisory lock of all writers on PostgreSQL


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


def create_core_app(settings: Settings) -> Flask:
    """Make the Flask app that the scheduler, the CLI and `submit_shot()` run in: no views."""
    return add_core(Flask("brender_farm"), settings)


def add_core(app: _App, settings: Settings) -> _App:
    """Give an app the farm's database and settings; the dashboard does so with its own app."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings.database_url)
    app.extensions["brender_settings"] = settings
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        _listen(db.engine)
    return app


def current_settings() -> Settings:
    """Return the settings of the app whose context is active."""
    found: Settings = current_app.extensions["brender_settings"]
    return found


_written = [0]


def write_count() -> int:
    """Return a number that grows with whatever this process writes, once that can be read."""
    return _written[0]


@contextmanager
def writing() -> Iterator[Session]:
    """Hold the write lock for one short transaction: commit at the end, roll back on an error."""
    session = db.session()
    session.rollback()  # ends what a read before may have begun
    forget_changes(session)
    with _turn:
        session.connection(execution_options={"brender_write": True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            _written[0] += 1


@contextmanager
def reading() -> Iterator[Session]:
    """Give a session for reading one consistent state; nothing is held afterwards."""
    session = db.session()
    if not session.in_transaction() and db.engine.dialect.name == "postgresql":
        # Else each query would see what was committed a moment before it.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield session
    finally:
        session.rollback()


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {
            "connect_args": {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
            "pool_size": 40,  # one that is opened anew has an empty cache
            "max_overflow": 24,
            "pool_use_lifo": True,
        }
    return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 20}


def _listen(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling begins deferred ones behind our back.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("brender_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("brender_write"):
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITE_LOCK})
