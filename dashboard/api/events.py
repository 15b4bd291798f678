"""Events, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import changes, events
from brender_farm.service.shapes.events import EventFilter
from dashboard.api import cursors, waiting
from dashboard.api.schemas.events import EventListSchema, EventQuery

routes = APIBlueprint("events", __name__, url_prefix="/events", tag="Events")


@routes.get("")
@routes.input(EventQuery, location="query", arg_name="query")
@routes.output(EventListSchema)
@routes.doc(summary="Who did what, when and why; newest first")
def index(query: dict[str, Any]) -> dict[str, Any]:
    tag = waiting.fresh_tag(changes.EVENTS, query)
    limit = query.pop("limit")
    place = cursors.read("events", query.pop("cursor"), (int,))
    if place is not None:
        query["before"] = place[0]
    found = events.list_events(EventFilter(**query), limit=limit)
    lines = [
        {name: getattr(line.event, name) for name in line.event.__dataclass_fields__}
        | {"name": line.name}
        for line in found.lines
    ]
    older = found.older
    following = cursors.written("events", None if older is None else (older,))
    return {"events": lines, "older": older, "next_cursor": following, "tag": tag}
