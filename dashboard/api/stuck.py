"""Frames that take far longer than they should, as JSON; and taking one from its node."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint

from brender_farm.service.elsewhere import try_elsewhere
from brender_farm.service.failures import list_failures
from brender_farm.service.stuck import list_stuck, slow_frames
from dashboard.api import cursors
from dashboard.api.schemas.stuck import (
    ElsewhereSchema,
    FailureListSchema,
    FailureQuery,
    MovedSchema,
    StuckListSchema,
)
from dashboard.who import current_actor

routes = APIBlueprint("stuck", __name__, tag="Shots")


@routes.get("/stuck")
@routes.output(StuckListSchema)
@routes.doc(summary="Frames that render for far too long, and finished ones that were slow")
def index() -> dict[str, Any]:
    found = list_stuck()
    return {"stuck": found.rows, "slow": slow_frames(), "factor": found.factor}


@routes.get("/failures")
@routes.input(FailureQuery, location="query", arg_name="query")
@routes.output(FailureListSchema)
@routes.doc(summary="Frames that failed, with what it means and what helps")
def failures(query: dict[str, Any]) -> dict[str, Any]:
    after, limit = cursors.read("failures", query["cursor"], (str, int, int)), query["limit"]
    place = (datetime.fromisoformat(after[0]), *after[1:]) if after else None
    found = list_failures(limit, query["node"], after=place)
    last = found.rows[-1] if len(found.rows) == limit else None
    return {
        "failures": found.rows,
        "total": found.total,
        "next_cursor": cursors.written(
            "failures", (last.at.isoformat(), last.frame, last.shot_id) if last else None
        ),
    }


@routes.post("/chunks/<int:chunk_id>/elsewhere")
@routes.input(ElsewhereSchema, location="json", arg_name="values")
@routes.output(MovedSchema)
@routes.doc(
    summary="End a chunk at once and have its frame rendered by another node",
    responses=[404, 409, 415],
)
def elsewhere(chunk_id: int, values: dict[str, Any]) -> Any:
    return try_elsewhere(chunk_id, values["frame"], actor=current_actor(), reason=values["reason"])
