"""Backups of the database, taken while the farm runs; each is one file.

SQLite's own backup API copies one consistent state without holding up any writer; PostgreSQL's
`pg_dump` does the same. A backup gets its name only when it is whole and safe on the disk.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, make_url

from brender_farm.db import pg_programs
from brender_farm.db.sqlite_files import beside, copy_whole, database_file, settle
from brender_farm.errors import FarmError


def default_target(data_dir: Path, database_url: str, *, now: datetime | None = None) -> Path:
    """Return where a backup goes that nobody named: `<data>/backups/farm-<UTC time>`."""
    ending = "db" if is_sqlite(make_url(database_url)) else "dump"
    stamp = f"{now or datetime.now(UTC):%Y%m%d-%H%M%S}"
    return data_dir / "backups" / f"farm-{stamp}.{ending}"


def back_up(database_url: str, target: Path, *, force: bool = False) -> None:
    """Write a backup of the database to a file, whatever the farm is doing.

    Raises FarmError when the target is there already (unless `force`), cannot be written, or the
    database cannot be read; no half backup is left then.
    """
    if target.exists() and not force:
        raise FarmError(f"{target} is there already. Name another file, or give --force.")
    url = make_url(database_url)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with beside(target) as unfinished:
            if is_sqlite(url):
                copy_whole(database_file(url), unfinished)
            else:
                pg_programs.dump(url, unfinished)
            settle(unfinished)
            unfinished.replace(target)
            settle(target)
    except OSError as error:
        raise FarmError(
            f"The backup {target} cannot be written ({error.strerror}). "
            "Make room, or name a file in another folder."
        ) from error


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"
