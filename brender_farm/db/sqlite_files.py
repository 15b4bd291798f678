"""An SQLite database as files: opening, copying, moving away."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from brender_farm.db.core import BUSY_TIMEOUT_S
from brender_farm.errors import FarmError

SIDE_FILES = ("-wal", "-shm", "-journal")


def database_file(url: URL) -> Path:
    """Return the file of an SQLite database. Raises FarmError for one without a full path."""
    path = Path(url.database or "")
    if not path.is_absolute():
        raise FarmError(
            f"BRENDER_DATABASE_URL names no file by its full path ({url}). "
            "Write it like sqlite:////path/to/farm.db."
        )
    return path


def open_there(path: Path, *, check_same_thread: bool = True) -> sqlite3.Connection:
    """Open an SQLite database that is there. Raises sqlite3.Error."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(
        address,
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=check_same_thread,
    )


def copy_whole(source: Path, target: Path) -> None:
    """Copy one consistent state of an SQLite database, checked, into a file of its own.

    Raises FarmError when the source cannot be read or is damaged.
    """
    if not source.exists():
        raise FarmError(f"There is no database {source}. Check BRENDER_DATA_DIR.")
    try:
        with (
            contextlib.closing(open_there(source)) as from_,
            contextlib.closing(sqlite3.connect(target)) as to,
        ):
            from_.backup(to)  # in one step: a copy in several begins anew with every write
            to.execute("PRAGMA journal_mode=DELETE")  # all of it in the one file
            found = to.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise FarmError(f"The database {source} cannot be copied: {error}.") from error
    if found != "ok":
        raise FarmError(f"The database {source} is damaged: {found}")


def tables_and_revision(path: Path) -> tuple[set[str], str]:
    """Return a database's tables and schema revision."""
    with contextlib.closing(open_there(path)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if "alembic_version" not in tables:
            return tables, ""
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return tables, row[0] if row else ""


def in_one_file(path: Path) -> None:
    """Leave write-ahead logging, so that the file alone is the database. Raises sqlite3.Error."""
    with contextlib.closing(open_there(path)) as connection:
        connection.execute("PRAGMA busy_timeout = 1000")
        connection.execute("PRAGMA journal_mode=DELETE")


def refuse_in_use(path: Path) -> None:
    """Raise FarmError when another process has the database open.

    SQLite lets only who is alone with a database leave write-ahead logging.
    """
    try:
        in_one_file(path)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise FarmError(
                f"The database {path} is in use. Stop the farm (all that `brender up` or the "
                "Procfile runs) first, or give --force."
            ) from None
    except sqlite3.DatabaseError:
        pass  # damaged: that is what the backup is for


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a file beside another that is gone afterwards, unless it was renamed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for ending in ("", *SIDE_FILES):
            Path(name + ending).unlink(missing_ok=True)


def move_away(path: Path, now: datetime) -> Path | None:
    """Keep the old database under another name, with the files that belong to it."""
    kept = path.with_name(f"{path.name}.replaced-{now:%Y%m%d-%H%M%S-%f}")
    for ending in SIDE_FILES:  # before their database: alone it could be taken for a whole one
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{kept}{ending}")
    try:
        path.rename(kept)
    except FileNotFoundError:
        return None
    return kept


def settle(path: Path) -> None:
    """Have a file's bytes and its name safe on the disk."""
    for place in (path, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
