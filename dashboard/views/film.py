"""A shot's preview film: watched, taken along, and asked for."""

from __future__ import annotations

import re
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import NotFound
from brender_farm.service import shots
from brender_farm.service.download import download_name
from brender_farm.service.film_maker import ask_for_film
from brender_farm.service.film_store import film_mark, film_state, film_store
from brender_farm.service.film_watch import FilmWatch
from dashboard import live
from dashboard.who import current_actor

pages = Blueprint("film", __name__, url_prefix="/shots/<int:shot_id>")

PART_BYTES = 2_000_000


@pages.get("/film")
def page(shot_id: int) -> str:
    return render_template("film/page.html", **_shown(shot_id))


@pages.get("/film/live")
def fragment(shot_id: int) -> Response:
    tag = _tag(shot_id)
    return live.fragment(tag, lambda: render_template("film/_live.html", **_shown(shot_id)))


@pages.get("/film.mp4")
def file(shot_id: int) -> Response:
    """Give the film, or the part of it that a player asks for (Range)."""
    path = film_store().film(shot_id)
    if not path.is_file():
        raise NotFound(f"There is no film of shot {shot_id}. Its page can have one made.")
    as_download = "download" in request.args
    _bound_part()
    return send_file(
        path,
        mimetype="video/mp4",
        conditional=True,
        max_age=0,
        as_attachment=as_download,
        download_name=f"{download_name(shot_id)}.mp4" if as_download else None,
    )


@pages.post("/film")
def ask(shot_id: int) -> AnyResponse:
    ask_for_film(shot_id, actor=current_actor())
    watch: FilmWatch = current_app.extensions["brender_films"]
    watch.wake()
    flash("A film of what is there is being made. It will appear on this page.")
    return redirect(url_for("film.page", shot_id=shot_id))


def _bound_part() -> None:
    """Let a request for much that follows a place have only the next part of it.

    A player that is paused stops reading, and would hold a thread of the dashboard as long; so
    short a part fits between the two. A player asks on by itself (RFC 9110, 15.3.7).
    """
    asked = re.fullmatch(r"bytes=(\d{1,15})-(\d{0,15})", request.headers.get("Range", "").strip())
    if asked:
        start = int(asked[1])
        end = start + PART_BYTES - 1
        if asked[2]:
            end = min(end, int(asked[2]))
        request.environ["HTTP_RANGE"] = f"bytes={start}-{end}"


def _tag(shot_id: int) -> str:
    return f"{shots.shot_tag(shot_id)}-{film_mark(shot_id, as_it_is_made=True)}"


def _shown(shot_id: int) -> dict[str, Any]:
    tag = _tag(shot_id)
    detail = shots.get_shot(shot_id)
    return {"tag": tag, "detail": detail, "shot": detail.row, "film": film_state(shot_id)}
