"""PostgreSQL's own programs: pg_dump, pg_restore and psql.

A password travels in the environment: arguments are for everybody to see.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import URL

from brender_farm.db.core import db
from brender_farm.errors import FarmError

_TABLE = re.compile(r"^\d+; \d+ \d+ TABLE (\S+) (\S+) ", re.MULTILINE)
_REVISION = re.compile(r"^COPY .*alembic_version.*\n(\S+)$", re.MULTILINE)


def dump(url: URL, target: Path) -> None:
    """Write the farm's tables to a file in PostgreSQL's custom format. Raises FarmError."""
    tables = [f"--table={name}" for name in farm_tables()]
    _run("pg_dump", "--format=custom", f"--file={target}", *tables, *_address(url), url=url)
    tables_in(target)


def farm_tables() -> list[str]:
    import brender_farm.db.models  # noqa: F401  (makes every table known)

    return ["alembic_version", *db.metadata.tables]


def tables_in(source: Path) -> list[tuple[str, str]]:
    """Return the tables of a backup, each with its schema, every byte of it read.

    Raises FarmError when it is damaged.
    """
    _run("pg_restore", "--file=/dev/null", str(source))
    return _TABLE.findall(_run("pg_restore", "--list", str(source)))


def revision_in(source: Path) -> str:
    """Return the schema revision that a backup has; empty: none."""
    only = ("--data-only", "--table=alembic_version")
    found = _REVISION.search(_run("pg_restore", *only, "--file=-", str(source)))
    return found[1] if found else ""


def replace_with(url: URL, source: Path, *, first: Sequence[str], last: Sequence[str]) -> None:
    """Run `first`, the backup, and `last` as one transaction: all of it happens, or nothing.

    Raises FarmError.
    """
    with tempfile.TemporaryDirectory(prefix="brender-restore-") as name:
        steps = [Path(name) / step for step in ("first.sql", "backup.sql", "last.sql")]
        steps[0].write_text(";\n".join((*first, "")))
        _run("pg_restore", "--no-owner", "--no-privileges", f"--file={steps[1]}", str(source))
        # The backup's own script leaves the session without a search path.
        steps[2].write_text(";\n".join(("RESET search_path", *last, "")))
        options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        files = [f"--file={step}" for step in steps]
        _run("psql", *options, *files, *_address(url), url=url)


def _address(url: URL) -> tuple[str]:
    public = URL.create(
        "postgresql",
        username=url.username,
        host=url.host,
        port=url.port,
        database=url.database,
        query={name: value for name, value in url.query.items() if name != "password"},
    )
    return (f"--dbname={public.render_as_string(hide_password=False)}",)


def _run(program: str, *arguments: str, url: URL | None = None) -> str:
    """Return what the program prints. Raises FarmError with its complaint."""
    path = shutil.which(program)
    if path is None:
        raise FarmError(
            f"{program} is not on the PATH. Install PostgreSQL's client programs "
            "(apt install postgresql-client), not older than the server."
        )
    secret = (url.password or url.query.get("password")) if url is not None else None
    done = subprocess.run(
        [path, *arguments],
        env={**os.environ, **({"PGPASSWORD": str(secret)} if secret else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise FarmError(f"{program} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout
