"""Pictures that lie inside .blend files."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from brender_farm.blendfile.thumbnail import read_thumbnail
from brender_farm.domain.paths import confine
from brender_farm.errors import BlendFileError
from dashboard.placeholders import picture_placeholder

pages = Blueprint("files", __name__, url_prefix="/files")


@pages.get("/blend-thumbnail")
def blend_thumbnail() -> Response:
    """Give the picture that Blender stored in a .blend when it was saved."""
    settings = current_app.extensions["brender_settings"]
    path = confine(request.args.get("path", ""), settings.roots, "path")
    try:
        picture = read_thumbnail(path)
    except (BlendFileError, OSError):
        picture = None
    if picture is None:
        return picture_placeholder("No preview")
    response = Response(picture, mimetype="image/png")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
