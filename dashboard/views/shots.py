"""The list of shots."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from brender_farm.domain.shot_filter import ARCHIVED_ONLY
from brender_farm.domain.states import ShotState
from brender_farm.service import filters, shots
from brender_farm.service.foresight import forecast_stamp
from dashboard import live
from dashboard.filter_chips import chips_of
from dashboard.looks import BULK_LOOKS
from dashboard.paging import Slice, args_of, page_of, query_of
from dashboard.who import current_actor

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
IN_THE_BAR = ("pause", "resume", "retry")
"""Actions that are at hand when shots are selected; the others are in its menu."""


@pages.get("/shots")
def index() -> str:
    shown = _shown()
    kept = filters.list_filters(current_actor())
    return render_template(
        "shots/index.html", **shown, submitters=shots.submitters(), saved_filters=kept
    )


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
    page = found.page
    return {
        "tag": tag,
        "found": found,
        "page": page,
        "part": Slice(page.number, page.size, found.total),
        "columns": COLUMNS,
        "sortable": SORTABLE,
        "states": tuple(ShotState),
        "args_of": args_of,
        "filter_chips": chips_of(page, found.shows),
        "filter_query": query_of(page),
        "bulk_looks": BULK_LOOKS,
        "in_the_bar": (*IN_THE_BAR, _put_away_or_back(page.archived)),
    }


def _put_away_or_back(archived: str) -> str:
    return "unarchive" if archived == ARCHIVED_ONLY else "archive"
