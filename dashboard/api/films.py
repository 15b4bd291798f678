"""Films of shots, and earlier pictures of frames, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from flask import current_app, url_for

from brender_farm.service import shots
from brender_farm.service.film_maker import ask_for_film
from brender_farm.service.film_store import film_state
from brender_farm.service.film_watch import FilmWatch
from brender_farm.service.frame_versions import earlier_pictures
from dashboard.api.schemas.films import EarlierPicturesSchema, FilmSchema, FilmWishSchema
from dashboard.who import current_actor

routes = APIBlueprint("films", __name__, url_prefix="/shots", tag="Shots")


@routes.get("/<int:shot_id>/film")
@routes.output(FilmSchema)
@routes.doc(summary="A shot's preview film, and how it stands with it", responses=[404])
def film(shot_id: int) -> dict[str, Any]:
    return _told(shot_id)


@routes.post("/<int:shot_id>/film")
@routes.input(FilmWishSchema, location="json", arg_name="values")
@routes.output(FilmSchema, status_code=202)
@routes.doc(summary="Have a film made of the frames that are finished", responses=[404, 409, 415])
def ask(shot_id: int, values: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - an empty object
    ask_for_film(shot_id, actor=current_actor())
    watch: FilmWatch = current_app.extensions["brender_films"]
    watch.wake()
    return _told(shot_id)


@routes.get("/<int:shot_id>/frames/<int:frame>/versions")
@routes.output(EarlierPicturesSchema)
@routes.doc(summary="What a frame was before it was rendered again", responses=[404])
def versions(shot_id: int, frame: int) -> dict[str, Any]:
    shots.shot_tag(shot_id)  # raises NotFound
    found = earlier_pictures(shot_id, frame)
    return {
        "versions": [
            asdict(version) | {"preview_url": _preview(shot_id, frame, version.tag)}
            for version in found
        ]
    }


def _told(shot_id: int) -> dict[str, Any]:
    state = film_state(shot_id)
    where = url_for("film.file", shot_id=shot_id, _external=True) if state.film else ""
    return {
        "film": state.film,
        "url": where,
        "is_current": state.is_current,
        "making": state.making,
        "is_wanted": state.is_wanted,
        "trouble": state.trouble,
    }


def _preview(shot_id: int, frame: int, tag: str) -> str:
    return url_for(
        "frames.picture", shot_id=shot_id, frame=frame, kind="large", v=tag, _external=True
    )
