"""A shot's frames, played like a film; frames that are not there are shown as gaps."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template, request
from flask import Response as AnyResponse

from brender_farm.service import shots
from brender_farm.service.film import film_part
from brender_farm.service.film_store import film_state
from dashboard.paging import whole

pages = Blueprint("player", __name__, url_prefix="/shots/<int:shot_id>/play")

FRAMES_AT_ONCE = 2000
RATES = (8, 12, 24, 25, 30, 60)
USUAL_RATE = 24.0


@pages.get("")
def page(shot_id: int) -> str:
    detail, film = shots.get_shot(shot_id), film_state(shot_id).film
    rate = film.fps if film is not None else USUAL_RATE
    return render_template(
        "player/page.html",
        detail=detail,
        shot=detail.row,
        rate=rate,
        rates=sorted({*RATES, rate}),
    )


@pages.get("/frames.json")
def frames(shot_id: int) -> AnyResponse:
    """Give frames by number from `offset` on, each with its picture's tag, empty for a gap."""
    offset = max(0, whole(request.args.get("offset"), 0))
    part = film_part(shot_id, offset=offset, limit=FRAMES_AT_ONCE)
    answer = jsonify(frames=part.frames, total=part.total)
    answer.headers["Cache-Control"] = "no-store"
    return answer
