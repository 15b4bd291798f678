"""What happened on the farm: who did what, when and why."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from brender_farm.service import events
from brender_farm.service.events import SUBJECTS
from brender_farm.service.shapes.events import EventFilter
from dashboard import live
from dashboard.paging import MAX_SEARCH_CHARS, whole

pages = Blueprint("events", __name__, url_prefix="/events")


@pages.get("")
def index() -> str:
    return render_template("events/index.html", **_shown())


@pages.get("/live")
def fragment() -> Response:
    tag = events.events_tag()
    return live.fragment(tag, lambda: render_template("events/_live.html", **_shown()))


def _shown() -> dict[str, Any]:
    subject = request.args.get("subject", "")
    wanted = EventFilter(
        subject=subject if subject in SUBJECTS else "",
        actor=request.args.get("actor", "").strip()[:MAX_SEARCH_CHARS],
        search=request.args.get("search", "").strip()[:MAX_SEARCH_CHARS],
        before=whole(request.args.get("before"), 0) or None,
    )
    return {
        "found": events.list_events(wanted),
        "wanted": wanted,
        "subjects": SUBJECTS,
        "filter_args": _args_of(wanted),
    }


def _args_of(wanted: EventFilter) -> dict[str, Any]:
    """Write a filter as query arguments, without the page."""
    values = {"subject": wanted.subject, "actor": wanted.actor, "search": wanted.search}
    return {name: value for name, value in values.items() if value}
