"""Logs, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import logs
from brender_farm.service.logs import LogFilter
from dashboard.api.schemas.logs import LogListSchema, LogQuery, LogSourceListSchema

routes = APIBlueprint("logs", __name__, url_prefix="/logs", tag="Farm")


@routes.get("")
@routes.input(LogQuery, location="query", arg_name="query")
@routes.output(LogListSchema)
@routes.doc(summary="What a process said last, or Blender about a chunk", responses=[404])
def index(query: dict[str, Any]) -> Any:
    limit = query.pop("limit")
    return logs.list_logs(LogFilter(**query), limit=limit)


@routes.get("/sources")
@routes.output(LogSourceListSchema)
@routes.doc(summary="The processes that said something in the last days, and the newest chunks")
def sources() -> dict[str, Any]:
    return {"sources": logs.log_sources()}
