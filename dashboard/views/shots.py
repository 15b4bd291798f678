"""The list of shots."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from brender_farm.domain.states import ShotState
from brender_farm.service import shots
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
    return live.fragment(shots.shots_tag(), lambda: render_template("shots/_live.html", **_shown()))


def _shown() -> dict[str, Any]:
    found = shots.list_shots(page_of(request.args))
    return {
        "found": found,
        "page": found.page,
        "part": Slice(found.page.number, found.page.size, found.total),
        "columns": COLUMNS,
        "sortable": SORTABLE,
        "states": tuple(ShotState),
        "args_of": args_of,
    }
