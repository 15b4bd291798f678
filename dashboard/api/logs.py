"""Logs, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import logs
from brender_farm.service.chunk_lines import is_chunk
from brender_farm.service.shapes.logs import LogFilter
from dashboard.api import cursors
from dashboard.api.schemas.logs import LogListSchema, LogQuery, LogSourceListSchema

routes = APIBlueprint("logs", __name__, url_prefix="/logs", tag="Farm")

_FILTER = ("source", "level", "search")


@routes.get("")
@routes.input(LogQuery, location="query", arg_name="query")
@routes.output(LogListSchema)
@routes.doc(summary="What a process said last, or Blender about a chunk", responses=[404])
def index(query: dict[str, Any]) -> Any:
    newest = query.pop("after")
    if newest:
        return _after(LogFilter(**{name: query[name] for name in _FILTER}), newest)
    limit, place = query.pop("limit"), f"logs {query['source']}"
    before = cursors.read(place, query.pop("cursor"), (str,))
    found = logs.list_logs(LogFilter(**query), limit=limit, before=before[0] if before else "")
    first = (found.lines[0].id,) if found.has_older else None
    return {
        "lines": found.lines,
        "total": found.total,
        "trouble": found.trouble,
        "last_id": found.last_id,
        "next_cursor": cursors.written(place, first),
    }


def _after(wanted: LogFilter, line_id: str) -> dict[str, Any]:
    if is_chunk(wanted.source):
        line_id = line_id.partition("-")[0]  # its lines are only counted
    lines, trouble = logs.lines_after(wanted, line_id)
    newest = lines[-1].id if lines else line_id
    told = {"lines": lines, "total": len(lines), "trouble": trouble, "last_id": newest}
    return told | {"next_cursor": None}


@routes.get("/sources")
@routes.output(LogSourceListSchema)
@routes.doc(summary="The processes that said something in the last days, and the newest chunks")
def sources() -> dict[str, Any]:
    return {"sources": logs.log_sources()}
