"""Trying whether the database can be read and written, without the app and without a change.

The write is real, in a transaction that is taken back. A database that is not there is not made.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from brender_farm.db.migrate import newest_revision
from brender_farm.db.sqlite_files import database_file, open_there
from brender_farm.domain.diagnosis_database import DatabaseFacts
from brender_farm.errors import FarmError
from brender_farm.masking import mask

LOCK_LIMIT_S = 5.0
"""So long the write waits for others to end theirs."""
PROOF_LIMIT_S = 15.0
"""For the check of an SQLite database's structure, which reads all of it."""
_COMPLAINTS = 3
_WRITE = "UPDATE farm SET shots_rev = shots_rev WHERE id = 1"
_REVISION = "SELECT version_num FROM alembic_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What was found, and a server's clock."""

    facts: DatabaseFacts
    clock_ahead_s: float | None = None
    """How far the database server's clock is ahead of this machine's; None: it has none."""


def probe(database_url: str, *, proof_limit_s: float = PROOF_LIMIT_S) -> Probe:
    """Look at the database and try to write to it; whatever goes wrong stands in the facts."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return Probe(facts=_probe_file(url, proof_limit_s))
    return _probe_server(url)


def _probe_file(url: URL, proof_limit_s: float) -> DatabaseFacts:
    newest = newest_revision()
    try:
        path = database_file(url)
    except FarmError as error:
        return DatabaseFacts(kind="SQLite", address=str(url), trouble=str(error))
    if not path.exists():
        return DatabaseFacts(kind="SQLite", address=str(path), is_there=False, newest=newest)
    try:
        with contextlib.closing(open_there(path)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {round(LOCK_LIMIT_S * 1000)}")
            return _look(connection, path, newest, proof_limit_s)
    except (sqlite3.Error, OSError) as error:
        return DatabaseFacts(kind="SQLite", address=str(path), trouble=f"{error}.", newest=newest)


def _look(
    connection: sqlite3.Connection, path: Path, newest: str, proof_limit_s: float
) -> DatabaseFacts:
    revision = _revision_of(connection)
    byte_count = _number(connection, "page_count") * _number(connection, "page_size")
    write_trouble, write_s = _try_write(connection) if revision else ("", 0.0)
    damage, is_proven = _prove(path, proof_limit_s)
    return DatabaseFacts(
        kind="SQLite",
        address=str(path),
        version=sqlite3.sqlite_version,
        revision=revision,
        newest=newest,
        write_trouble=write_trouble,
        write_s=write_s,
        damage=damage,
        is_proven=is_proven,
        byte_count=byte_count,
        free_bytes=shutil.disk_usage(path.parent).free,
    )


def _revision_of(connection: sqlite3.Connection) -> str:
    """Return the schema; empty for a database that has none. Raises sqlite3.Error."""
    known = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    if not connection.execute(known).fetchone()[0]:
        return ""
    row = connection.execute(_REVISION).fetchone()
    return str(row[0]) if row else ""


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _try_write(connection: sqlite3.Connection) -> tuple[str, float]:
    """Write and take it back; return what stands in the way, and how long it took."""
    began_s = time.monotonic()
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(_WRITE)
        finally:
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        return f"{error}.", 0.0
    return "", time.monotonic() - began_s


def _prove(path: Path, limit_s: float) -> tuple[str, bool]:
    """Check the structure; return its complaints, and whether that came to its end in time."""
    proof = _Proof(path)
    proof.start()
    proof.join(limit_s)
    if proof.is_alive():
        proof.cut_off()
        return "", False
    return proof.complaints, True


class _Proof(threading.Thread):
    """Reads a whole database, on a connection of its own; a disk may take any time for that."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="proof", daemon=True)
        self._connection = open_there(path, check_same_thread=False)
        self.complaints = ""

    def run(self) -> None:
        try:
            with contextlib.closing(self._connection) as connection:
                rows = connection.execute(f"PRAGMA quick_check({_COMPLAINTS})").fetchall()
            self.complaints = " ".join(str(row[0]) for row in rows if row[0] != "ok")
        except sqlite3.Error as error:
            self.complaints = f"{error}."

    def cut_off(self) -> None:
        with contextlib.suppress(sqlite3.ProgrammingError):  # it has just ended
            self._connection.interrupt()


def _probe_server(url: URL) -> Probe:
    address, newest = mask(url.render_as_string(hide_password=True)), newest_revision()
    try:
        with _connected(url) as connection:
            facts = _ask_server(connection, address, newest)
            return Probe(facts=facts, clock_ahead_s=_clock_ahead_s(connection))
    except (SQLAlchemyError, OSError) as error:
        return Probe(
            facts=DatabaseFacts(
                kind="PostgreSQL", address=address, trouble=_first_line(error), newest=newest
            )
        )


@contextlib.contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"connect_timeout": round(LOCK_LIMIT_S)}
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _ask_server(connection: Connection, address: str, newest: str) -> DatabaseFacts:
    version = str(connection.scalar(text("SHOW server_version"))).split()[0]
    byte_count = connection.scalar(text("SELECT pg_database_size(current_database())"))
    has_schema = connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    revision = str(connection.scalar(text(_REVISION)) or "") if has_schema else ""
    connection.rollback()
    write_trouble, write_s = _try_write_there(connection) if revision else ("", 0.0)
    return DatabaseFacts(
        kind="PostgreSQL",
        address=address,
        version=version,
        revision=revision,
        newest=newest,
        write_trouble=write_trouble,
        write_s=write_s,
        byte_count=int(byte_count or 0),
    )


def _try_write_there(connection: Connection) -> tuple[str, float]:
    began_s = time.monotonic()
    try:
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_LIMIT_S:g}s'"))
        connection.execute(text(_WRITE))
    except SQLAlchemyError as error:
        return _first_line(error), 0.0
    finally:
        connection.rollback()
    return "", time.monotonic() - began_s


def _clock_ahead_s(connection: Connection) -> float:
    asked_s = time.time()
    there_s = connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
    answered_s = time.time()
    return float(there_s or 0.0) - (asked_s + answered_s) / 2


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return mask(str(cause).strip().splitlines()[0])
