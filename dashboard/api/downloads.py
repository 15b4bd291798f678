"""Frames, chunks and logs one by one, and what can be taken along of a shot."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from flask import Response, url_for

from brender_farm.errors import NotFound
from brender_farm.service import shots
from brender_farm.service.download import download_facts
from brender_farm.service.frame_figures import Figure, frame_figures
from dashboard import views
from dashboard.api.schemas.downloads import (
    DownloadSchema,
    FiguresSchema,
    OneChunkSchema,
    OneFrameSchema,
    ZipQuery,
)

routes = APIBlueprint("downloads", __name__)

FIGURES: dict[str, Figure] = {"seconds": "seconds", "memory": "memory"}


def _sends(media_type: str) -> dict[int, Any]:
    """Describe answers that are a file, or the part of it that Range asks for."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {
        200: {"description": "The file", "content": content},
        206: {"description": "The part of it that was asked for", "content": content},
        416: "There is no such part",
    }


@routes.get("/chunks/<int:chunk_id>")
@routes.output(OneChunkSchema)
@routes.doc(summary="One chunk", responses=[404], tags=["Shots"])
def chunk(chunk_id: int) -> Any:
    return shots.get_chunk(chunk_id)


@routes.get("/chunks/<int:chunk_id>/log")
@routes.doc(
    summary="What Blender said about a chunk, as text", responses=_sends("text/plain"),
    tags=["Shots"],
)  # fmt: skip
def log(chunk_id: int) -> Response:
    shots.get_chunk(chunk_id)  # raises NotFound
    return views.chunks.raw(chunk_id)


@routes.get("/shots/<int:shot_id>/frames/<int:frame>")
@routes.output(OneFrameSchema)
@routes.doc(summary="One frame of a shot", responses=[404], tags=["Shots"])
def one_frame(shot_id: int, frame: int) -> dict[str, Any]:
    cell = shots.shot_frame(shot_id, frame)
    where: dict[str, Any] = {"shot_id": shot_id, "frame": frame, "_external": True}
    return asdict(cell) | {
        "file_url": url_for("api.downloads.frame_file", **where) if cell.tag else None,
        "picture_url": url_for("frames.picture", kind="large", v=cell.tag, **where)
        if cell.tag
        else None,
    }


@routes.get("/shots/<int:shot_id>/frames/<int:frame>/file")
@routes.doc(
    summary="A finished frame's picture as it was rendered", responses=_sends("image/*"),
    tags=["Shots"],
)  # fmt: skip
def frame_file(shot_id: int, frame: int) -> Response:
    return views.frames.file(shot_id, frame)


@routes.get("/shots/<int:shot_id>/frames/<int:frame>/files/<path:name>")
@routes.doc(
    summary="A file that was published beside a frame's picture",
    responses=_sends("application/octet-stream"), tags=["Shots"],
)  # fmt: skip
def extra_file(shot_id: int, frame: int, name: str) -> Response:
    return views.frames.extra_file(shot_id, frame, name)


@routes.get("/shots/<int:shot_id>/download")
@routes.output(DownloadSchema)
@routes.doc(summary="What can be taken along of a shot", responses=[404], tags=["Shots"])
def facts(shot_id: int) -> dict[str, Any]:
    return asdict(download_facts(shot_id)) | {
        "zip_url": url_for("api.downloads.frames_zip", shot_id=shot_id, _external=True),
        "film_url": url_for("api.downloads.film_file", shot_id=shot_id, _external=True),
    }


@routes.get("/shots/<int:shot_id>/frames.zip")
@routes.input(ZipQuery, location="query", arg_name="_query")
@routes.doc(
    summary="Finished frames as a ZIP, made while it is sent",
    responses={**_sends("application/zip"), 503: "Three archives are being sent"}, tags=["Shots"],
)  # fmt: skip
def frames_zip(shot_id: int, _query: dict[str, Any]) -> Response:
    return views.download.frames_zip(shot_id)


@routes.get("/shots/<int:shot_id>/film.mp4")
@routes.doc(
    summary="A shot's preview film", tags=["Shots"],
    responses=_sends("video/mp4"),
)  # fmt: skip
def film_file(shot_id: int) -> Response:
    return views.film.file(shot_id)


@routes.get("/shots/<int:shot_id>/figures/<figure>")
@routes.output(FiguresSchema)
@routes.doc(
    summary="What each frame took: seconds, or memory in bytes", responses=[404], tags=["Shots"]
)
def figures(shot_id: int, figure: str) -> Any:
    if figure not in FIGURES:
        raise NotFound("There are figures of: seconds, memory.")
    return frame_figures(shot_id, FIGURES[figure])
