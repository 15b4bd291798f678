"""The queue: what runs, what gets the next slot and why, and moving shots in it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import NotFound, RequestRefused
from brender_farm.service import queue
from brender_farm.service.foresight import forecast_stamp
from brender_farm.service.shots import shots_tag
from dashboard import live
from dashboard.context import glance_once
from dashboard.paging import whole
from dashboard.who import current_actor

pages = Blueprint("queue", __name__, url_prefix="/queue")


@pages.get("")
def page() -> str:
    return render_template("queue/page.html", **_shown())


@pages.get("/live")
def fragment() -> Response:
    return live.fragment(_tag(), lambda: render_template("queue/_live.html", **_shown()))


@pages.post("/move")
def move() -> AnyResponse:
    """Move a shot: `move` is its number, the one it comes after and the one it comes before."""
    parts = request.form.get("move", "").split(",")
    shot_id, above, below = (whole(part, 0) or None for part in (*parts, "", "", "")[:3])
    try:
        before = queue.priority_of(shot_id or 0)
        row = queue.move_in_line(shot_id or 0, above=above, below=below, actor=current_actor())
    except (NotFound, RequestRefused) as error:
        flash(error.message, "error")
    else:
        flash(_told(row.name, before, row.priority))
    return redirect(url_for("queue.page"))


def _told(name: str, before: int, priority: int) -> str:
    if before != priority:
        return f"“{name}” has priority {priority} now; it was {before}."
    return (
        f"“{name}” keeps priority {priority}: among shots of one priority the farm takes turns by "
        "share, so there is no other place between these two."
    )


def _tag() -> str:
    glance = live.glance_tag(glance_once())
    return f"{shots_tag()}-{glance}-{forecast_stamp()}"


def _shown() -> dict[str, Any]:
    # The tag is read first: what changes meanwhile is then fetched again, never missed.
    return {"tag": _tag(), "queue": queue.look_at_queue()}
