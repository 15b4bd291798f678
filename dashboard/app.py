"""Make the dashboard: the core app with pages, the JSON API and its guards."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask
from flask_compress import Compress

from brender_farm.config import Settings
from brender_farm.db.core import add_core
from brender_farm.service.condition import watch_condition
from brender_farm.service.disks import DiskWatch
from brender_farm.service.film_store import SHARE as FILM_SHARE
from brender_farm.service.film_watch import FilmWatch
from brender_farm.service.foresight import foresee_in_background
from dashboard import assets, context, errors, guard, security
from dashboard.api import register_api
from dashboard.audits import Audits
from dashboard.bulk_results import BulkResults
from dashboard.change_watch import ChangeWatch
from dashboard.examinations import Examinations
from dashboard.flower import Flower
from dashboard.formatting import register_filters
from dashboard.keepsakes import Keepsakes
from dashboard.picture_store import PictureStore
from dashboard.request_metrics import RequestMetrics
from dashboard.views import register_views

COMPRESSED = [
    "text/html",
    "text/css",
    "text/javascript",
    "text/plain",
    "image/svg+xml",
    "application/json",
    "application/problem+json",
]


class DashboardApp(APIFlask):
    """An APIFlask that describes the API only and leaves the errors of pages to us."""

    def __init__(self, import_name: str, **options: Any) -> None:
        super().__init__(
            import_name,
            title="Brender",
            version="v1",
            spec_path="/api/v1/openapi.json",
            docs_path=None,  # the bundled viewers load scripts from elsewhere
            json_errors=False,
            **options,
        )


def create_app(settings: Settings) -> DashboardApp:
    """Make the dashboard for these settings. The database must have been migrated."""
    app = add_core(DashboardApp("dashboard"), settings)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["brender_request_metrics"] = RequestMetrics(app)
    guard.watch_the_door(app)  # before anything else looks at a request
    security.protect(app, settings)
    assets.register_assets(app)
    app.config.update(
        COMPRESS_MIMETYPES=COMPRESSED,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_STREAMS=False,  # files: assets.py has them packed once
        COMPRESS_BR_LEVEL=6,  # a page takes 1 ms and a twelfth of its size
    )
    Compress(app)
    register_filters(app)
    context.register_context(app)
    errors.register_errors(app)
    app.extensions["brender_audits"] = Audits(app)
    app.extensions["brender_bulk_results"] = BulkResults()
    foresee_in_background(app)
    app.extensions["brender_disks"] = DiskWatch(settings.roots)
    watch_condition(app)
    app.extensions["brender_examinations"] = Examinations(app)
    app.extensions["brender_changes"] = ChangeWatch(app)
    pictures = PictureStore(
        settings.data_dir / "thumbnails", round(settings.pictures_mb * 1e6 * (1 - FILM_SHARE))
    )
    app.extensions["brender_pictures"] = pictures
    app.extensions["brender_keepsakes"] = Keepsakes(pictures)
    app.extensions["brender_films"] = FilmWatch(app)
    app.extensions["brender_flower"] = Flower(settings.flower_port)
    register_views(app)
    register_api(app)
    return app
