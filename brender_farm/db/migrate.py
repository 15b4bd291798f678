"""Bring the database to this version's schema, at the start of every farm process."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, select, text

from brender_farm.db.core import db, reading, writing
from brender_farm.db.models import Farm

if TYPE_CHECKING:
    from alembic.config import Config

_HERE = Path(__file__).parent / "migrations"


def upgrade() -> None:
    """Apply what is missing; the write lock orders processes that do so at once."""
    if _is_current():
        return  # the usual case, and not worth loading Alembic for
    from alembic import command

    with writing() as session:
        config = _config()
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "head")
        if session.scalar(select(Farm.id)) is None:
            session.add(Farm(id=1, key=uuid.uuid4().hex))


def new_revision(message: str) -> None:
    """Write a migration for what the models have and the database has not (for developers)."""
    from alembic import command

    with db.engine.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True)


def newest_revision() -> str:
    """Return the newest revision that this version knows: migrations' names begin with theirs."""
    return max(path.name.split("_")[0] for path in (_HERE / "versions").glob("[0-9]*.py"))


def _is_current() -> bool:
    """Tell whether the database has the newest revision."""
    newest = newest_revision()
    with reading() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return False
        revision = session.scalar(text("SELECT version_num FROM alembic_version"))
        return revision == newest and session.scalar(select(Farm.id)) is not None


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    return config
