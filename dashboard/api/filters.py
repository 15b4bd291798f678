"""Filters of the list of shots that the caller keeps, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import filters
from dashboard.api.schemas.filters import (
    FilterSetSchema,
    OneSavedFilterSchema,
    SavedFilterListSchema,
)
from dashboard.paging import plain_query
from dashboard.who import current_actor

routes = APIBlueprint("filters", __name__, url_prefix="/filters", tag="Filters")


@routes.get("")
@routes.output(SavedFilterListSchema)
@routes.doc(summary="The caller's own filters")
def index() -> dict[str, Any]:
    return {"filters": filters.list_filters(current_actor())}


@routes.put("/<path:name>")
@routes.input(FilterSetSchema, location="json", arg_name="values")
@routes.output(OneSavedFilterSchema)
@routes.doc(summary="Keep a filter, in the place of the one of that name", responses=[415, 422])
def save(name: str, values: dict[str, Any]) -> Any:
    return filters.save_filter(name, plain_query(values["query"]), owner=current_actor())


@routes.delete("/<int:filter_id>")
@routes.output({}, status_code=204, description="Deleted")
@routes.doc(summary="Forget a filter; no shot is touched", responses=[404])
def delete(filter_id: int) -> tuple[str, int]:
    filters.delete_filter(filter_id, owner=current_actor())
    return "", 204
