"""The list of shots."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from brender_farm.domain.states import ShotState
from brender_farm.service import shots
from brender_farm.service.foresight import forecast_stamp
from dashboard import live
from dashboard.paging import Slice, args_of, page_of

pages = Blueprint("shots", __name__)

COLUMNS = (
    ("name", "Shot"),
    ("state", "State"),
    ("progress", "Progress"),
    ("seconds", "Per frame"),
    ("time_left", "Time left"),
    ("priority", "Priority"),
    ("submitter", "By"),
    ("created", "Submitted"),
)
SORTABLE = {key for key, _ in COLUMNS} - {"time_left"}


@pages.get("/shots")
def index() -> str:
    return render_template("shots/index.html", **_shown())


@pages.get("/shots/live")
def fragment() -> Response:
    return live.fragment(_tag(), lambda: render_template("shots/_live.html", **_shown()))


def _tag() -> str:
    """Return a tag that changes with any shot, and now and then with the time left."""
    return f"{shots.shots_tag()}-{forecast_stamp()}"


def _shown() -> dict[str, Any]:
    # The tag is read first: what changes meanwhile is then fetched again, never missed.
    tag = _tag()
    found = shots.list_shots(page_of(request.args))
    return {
        "tag": tag,
        "found": found,
        "page": found.page,
        "part": Slice(found.page.number, found.page.size, found.total),
        "columns": COLUMNS,
        "sortable": SORTABLE,
        "states": tuple(ShotState),
        "args_of": args_of,
    }
