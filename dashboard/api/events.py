"""Events, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import events
from brender_farm.service.events import EventFilter
from dashboard.api.schemas.events import EventListSchema, EventQuery

routes = APIBlueprint("events", __name__, url_prefix="/events", tag="Events")


@routes.get("")
@routes.input(EventQuery, location="query", arg_name="query")
@routes.output(EventListSchema)
@routes.doc(summary="Who did what, when and why; newest first")
def index(query: dict[str, Any]) -> dict[str, Any]:
    limit = query.pop("limit")
    found = events.list_events(EventFilter(**query), limit=limit)
    lines = [
        {name: getattr(line.event, name) for name in line.event.__dataclass_fields__}
        | {"name": line.name}
        for line in found.lines
    ]
    return {"events": lines, "older": found.older}
