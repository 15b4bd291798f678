"""Reading how the database itself is, and what it knows of scheduler and nodes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import make_url, select, text
from sqlalchemy.orm import Session

from brender_farm.db.models import Farm, Node


def database_kind(session: Session) -> str:
    """Return `SQLite` or `PostgreSQL`."""
    return {"sqlite": "SQLite"}.get(_dialect(session), "PostgreSQL")


def database_version(session: Session) -> str:
    asked = "SELECT sqlite_version()" if _is_sqlite(session) else "SHOW server_version"
    return str(session.scalar(text(asked))).split()[0]


def database_bytes(session: Session) -> int:
    """Return how much the database takes on its disk, the write-ahead log left out."""
    asked = (
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        if _is_sqlite(session)
        else "SELECT pg_database_size(current_database())"
    )
    return int(session.scalar(text(asked)) or 0)


def revision(session: Session) -> str:
    """Return which migration was the last."""
    return str(session.scalar(text("SELECT version_num FROM alembic_version")) or "")


def file_of(url: str) -> str | None:
    """Return an SQLite database's file; None for a server's database."""
    parts = make_url(url)
    return parts.database if parts.get_backend_name() == "sqlite" else None


def farm_row(session: Session) -> Farm:
    return session.get_one(Farm, 1)


def nodes_seen(session: Session) -> list[Any]:
    """Return all nodes, as rows of name, online, slots and facts, by name."""
    wanted = select(Node.name, Node.online, Node.slots, Node.facts).where(Node.is_gone.is_(False))
    return list(session.execute(wanted.order_by(Node.name)).all())


def _dialect(session: Session) -> str:
    return session.connection().dialect.name


def _is_sqlite(session: Session) -> bool:
    return _dialect(session) == "sqlite"
