"""The farm as a whole, and who is asking, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.errors import SignInNeeded
from brender_farm.service import changes, farm, overview, shots
from brender_farm.service.shows import get_show
from brender_farm.service.statistics import statistics
from dashboard.api import waiting
from dashboard.api.schemas.farm import (
    GlanceSchema,
    MeSchema,
    OverviewQuery,
    OverviewSchema,
    StatisticsQuery,
    StatisticsSchema,
    SubmitterListSchema,
)
from dashboard.who import current_person

routes = APIBlueprint("farm", __name__, tag="Farm")


@routes.get("/me")
@routes.output(MeSchema)
@routes.doc(summary="Who you are to the farm, and what you may")
def me() -> dict[str, Any]:
    person = current_person()
    if person is None:
        raise SignInNeeded
    return {
        "name": person.name,
        "role": person.role,
        "scope": person.scope,
        "rights": sorted(person.rights),
        "is_local": person.user_id is None,
    }


@routes.get("/glance")
@routes.output(GlanceSchema)
@routes.doc(summary="The farm in one line: nodes, slots, shots, and whether it is well")
def glance() -> Any:
    return farm.glance()


@routes.get("/overview")
@routes.input(OverviewQuery, location="query", arg_name="query")
@routes.output(OverviewSchema)
@routes.doc(summary="What was just rendered, what goes on, and what needs somebody")
def look(query: dict[str, Any]) -> dict[str, Any]:
    tag = waiting.fresh_tag(changes.SHOTS, query)
    found = overview.overview()
    names = ("counts", "strip", "rendering", "troubled", "stuck_count", "hours", "slot_count")
    left = found.queue_left
    return {name: getattr(found, name) for name in names} | {
        "queue_left_s": left.s if left else None,
        "tag": tag,
    }


@routes.get("/statistics")
@routes.input(StatisticsQuery, location="query", arg_name="query")
@routes.output(StatisticsSchema)
@routes.doc(summary="Frames, failed tries and hours by day, person, node and show", responses=[404])
def sums(query: dict[str, Any]) -> Any:
    show_id = query["show"]
    if show_id is not None:
        get_show(show_id)  # raises NotFound
    return statistics(query["days"], show_id=show_id)


@routes.get("/submitters")
@routes.output(SubmitterListSchema)
@routes.doc(summary="Everybody who has submitted a shot that is still known")
def submitters() -> dict[str, Any]:
    return {"submitters": shots.submitters()}
