"""The .blend files below the farm's roots, as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from flask import current_app

from brender_farm.blendfile.facts import inspect
from brender_farm.domain.paths import confine
from brender_farm.service.recent import recent_blends
from dashboard.api.schemas.blends import (
    BlendQuery,
    BlendSchema,
    FolderQuery,
    FolderSchema,
    RecentSchema,
)
from dashboard.blend_browser import shown_folder

routes = APIBlueprint("blends", __name__, url_prefix="/blends", tag="Files")


@routes.get("")
@routes.input(FolderQuery, location="query", arg_name="query")
@routes.output(FolderSchema)
@routes.doc(summary="The folders and .blend files in a folder", responses=[404])
def browse(query: dict[str, Any]) -> dict[str, Any]:
    asked = {name: value for name, value in query.items() if value is not None}
    shown = shown_folder(asked, _roots())
    listing, found = shown["listing"], shown["found"]
    return {
        "path": _text(listing.path),
        "parent": _text(listing.parent),
        "folders": shown["folders"],
        "blends": shown["blends"],
        "truncated": listing.truncated or (found is not None and found.truncated),
    }


@routes.get("/recent")
@routes.output(RecentSchema)
@routes.doc(summary="The files that shots were submitted from last")
def recent() -> dict[str, Any]:
    return {"blends": recent_blends(_roots())}


@routes.get("/facts")
@routes.input(BlendQuery, location="query", arg_name="query")
@routes.output(BlendSchema)
@routes.doc(summary="What a .blend holds: its scenes, and the files that it needs")
def facts(query: dict[str, Any]) -> Any:
    return inspect(confine(query["path"], _roots(), "path"))


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _roots() -> tuple[Path, ...]:
    roots: tuple[Path, ...] = current_app.extensions["brender_settings"].roots
    return roots
