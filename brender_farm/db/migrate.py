"""Bring the database to this version's schema, at the start of every farm process."""

from __future__ import annotations

import uuid
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import select

from brender_farm.db.core import db, writing
from brender_farm.db.models import Farm

_HERE = Path(__file__).parent / "migrations"


def upgrade() -> None:
    """Apply what is missing; the write lock orders processes that do so at once."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    with writing() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "head")
        if session.scalar(select(Farm.id)) is None:
            session.add(Farm(id=1, key=uuid.uuid4().hex))


def new_revision(message: str) -> None:
    """Write a migration for what the models have and the database has not (for developers)."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True)
