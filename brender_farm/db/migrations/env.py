"""Alembic's entry: runs on the connection that `brender_farm.db.migrate` holds."""

from __future__ import annotations

from alembic import context

import brender_farm.db.models  # noqa: F401  (makes every table known)
from brender_farm.db.core import Base, db

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=db.metadata if db.metadata.tables else Base.metadata,
    render_as_batch=True,
    user_module_prefix="types.",
)
context.run_migrations()
