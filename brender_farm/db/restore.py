"""Putting a backup in the place of the farm's database.

On SQLite the backup is copied beside the database, migrated and made safe there, and only then
renamed into its place. On PostgreSQL one transaction drops the farm's tables, reads the backup in
and numbers chunks apart; the rest follows at once. What was there before is kept.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from brender_farm.config import Settings
from brender_farm.db import migrate, pg_programs
from brender_farm.db.backup import back_up, is_sqlite
from brender_farm.db.core import create_core_app, db, reading, writing
from brender_farm.db.sqlite_files import (
    beside,
    copy_whole,
    database_file,
    in_one_file,
    move_away,
    refuse_in_use,
    settle,
    tables_and_revision,
)
from brender_farm.db.writes.restored import (
    MadeSafe,
    make_safe,
    never_used_chunk_id,
    numbering_from,
    unfinished_folders,
)
from brender_farm.domain.places import WORK_FOLDER
from brender_farm.errors import FarmError

_LEAVING_S = 3.0
"""How long the connections of processes that have just ended may still be seen."""
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did."""

    replaced: Path | None
    """Where the database that was there before is kept; None: there was none."""
    made_safe: MadeSafe


def restore(settings: Settings, source: Path, *, force: bool = False) -> Restored:
    """Make a backup the farm's database, migrated and safe to go on with.

    Raises FarmError when the file is no backup of a farm, or of a newer Brender than this; when
    the database is in use (unless `force`); nothing is changed then.
    """
    if not source.is_file():
        raise FarmError(f"There is no backup {source}.")
    url, now = make_url(settings.database_url), datetime.now(UTC)
    if is_sqlite(url):
        return _restore_sqlite(settings, database_file(url), source, force=force, now=now)
    return _restore_postgresql(settings, url, source, force=force, now=now)


def _restore_sqlite(
    settings: Settings, path: Path, source: Path, *, force: bool, now: datetime
) -> Restored:
    _require_kind(source, b"SQLite format 3\0", "SQLite")
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside(path) as copy:
        copy_whole(source, copy)
        _require_farm(source, *tables_and_revision(copy))
        if path.exists() and not force:
            refuse_in_use(path)
        own = dataclasses.replace(settings, database_url=f"sqlite:///{copy}")
        made_safe = _prepare(own, source, now)
        in_one_file(copy)
        settle(copy)
        replaced = move_away(path, now)
        copy.replace(path)
        settle(path)
    return Restored(replaced=replaced, made_safe=made_safe)


def _restore_postgresql(
    settings: Settings, url: URL, source: Path, *, force: bool, now: datetime
) -> Restored:
    _require_kind(source, b"PGDMP", "PostgreSQL")
    tables = pg_programs.tables_in(source)
    _require_farm(source, {name for _, name in tables}, pg_programs.revision_in(source))
    there = _postgresql_tables(url, force=force)
    replaced = None
    if "farm" in there:
        replaced = settings.data_dir / "backups" / f"farm.replaced-{now:%Y%m%d-%H%M%S-%f}.dump"
        back_up(settings.database_url, replaced)
    gone = [f"DROP TABLE IF EXISTS {name} CASCADE" for name in pg_programs.farm_tables()]
    gone += [f'DROP TABLE IF EXISTS "{schema}"."{name}" CASCADE' for schema, name in tables]
    pg_programs.replace_with(
        url,
        source,
        first=["SET lock_timeout = '20s'", *gone],
        last=[numbering_from(never_used_chunk_id(now))],
    )
    return Restored(replaced=replaced, made_safe=_prepare(settings, source, now))


def _prepare(settings: Settings, source: Path, now: datetime) -> MadeSafe:
    app = create_core_app(settings)
    with app.app_context():
        try:
            migrate.upgrade()
            with reading() as session:
                folders = unfinished_folders(session)
            drafts = {folder: _drafts_in(folder) for folder in folders}
            with writing() as session:
                return make_safe(session, source=source.name, drafts=drafts, now=now)
        finally:
            db.session.remove()
            db.engine.dispose()


def _drafts_in(folder: str) -> list[int]:
    """Return the chunks that have begun to write into an output folder."""
    try:
        names = [entry.name for entry in (Path(folder) / WORK_FOLDER).iterdir()]
    except OSError:
        return []
    return [int(name) for name in names if name.isdecimal()]


def _require_kind(source: Path, beginning: bytes, name: str) -> None:
    with source.open("rb") as file:
        if file.read(len(beginning)) != beginning:
            raise FarmError(
                f"{source} is not a backup of {name}, which BRENDER_DATABASE_URL is set to. "
                "Choose another file, or correct the setting."
            )


def _require_farm(source: Path, tables: set[str], revision: str) -> None:
    if not {"farm", "shots", "chunks"} <= tables or not revision:
        raise FarmError(f"{source} is not a backup of a Brender farm.")
    known = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    try:
        known.get_revision(revision)
    except CommandError:
        raise FarmError(
            f"{source} was written by another Brender (its schema is {revision!r}). "
            "Update this one first."
        ) from None


def _postgresql_tables(url: URL, *, force: bool) -> set[str]:
    """Return the tables that are there. Raises FarmError when others are connected."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if not force:
                _refuse_company(connection)
            return set(inspect(connection).get_table_names())
    except SQLAlchemyError as error:
        raise FarmError(
            f"The database cannot be reached ({error}). Make an empty one (createdb) first."
        ) from error


def _refuse_company(connection: Connection) -> None:
    end = time.monotonic() + _LEAVING_S
    while others := connection.scalar(_OTHERS):
        connection.rollback()  # a transaction sees the same ones all the time
        if time.monotonic() > end:
            raise FarmError(
                f"The database has {others} other connections. Stop the farm (scheduler and "
                "dashboards) first, or give --force."
            )
        time.sleep(0.1)
