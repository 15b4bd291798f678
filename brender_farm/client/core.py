"""The core app of this process: the way to the database of a farm whose machine this is."""

from __future__ import annotations

from functools import cache

from flask import Flask

from brender_farm.config import settings
from brender_farm.db.core import create_core_app
from brender_farm.db.migrate import upgrade
from brender_farm.errors import DatabaseUnavailable


@cache
def core_app() -> Flask:
    """Return this process's core app, its database up to date. Raises DatabaseUnavailable."""
    farm = settings()
    app = create_core_app(farm)
    with app.app_context():
        try:
            upgrade()
        except Exception as error:
            raise DatabaseUnavailable(
                f"The farm's database cannot be opened: {error}. "
                "Check BRENDER_DATA_DIR and BRENDER_DATABASE_URL."
            ) from error
    return app
