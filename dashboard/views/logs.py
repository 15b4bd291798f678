"""Logs: what scheduler, dashboard and nodes say, and Blender's own words about a chunk."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, render_template, request

from brender_farm.service import logs
from brender_farm.service.chunk_lines import is_chunk
from brender_farm.service.log_text import as_text
from brender_farm.service.logs import LEVELS
from brender_farm.service.shapes.logs import LogFilter
from dashboard import live
from dashboard.looks import LEVEL_LOOKS
from dashboard.paging import MAX_SEARCH_CHARS

pages = Blueprint("logs", __name__, url_prefix="/logs")

SHOWN = 300
_MAX_SOURCE = 100
_ALL = LogFilter().source


@pages.get("")
def page() -> str:
    return render_template("logs/page.html", sources=logs.log_sources(), **_shown(_wanted()))


@pages.get("/live")
def fragment() -> Response:
    wanted = _wanted()
    tag = logs.logs_tag(wanted.source)
    return live.fragment(tag, lambda: render_template("logs/_live.html", **_shown(wanted)))


@pages.get("/download")
def download() -> Response:
    """Give all lines that match as text."""
    wanted = _wanted()
    found = logs.list_logs(wanted, limit=1_000_000)
    text = "".join(f"{as_text(line)}\n" for line in found.lines)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", wanted.source).strip("-") or "log"
    headers = {"Content-Disposition": f'attachment; filename="brender-{name}.log"'}
    return Response(text, mimetype="text/plain", headers=headers)


def _wanted() -> LogFilter:
    level = request.args.get("level", "").upper()
    source = request.args.get("source", "").strip()[:_MAX_SOURCE]
    return LogFilter(
        source=source or _ALL,
        level=level if level in LEVELS else LEVELS[0],
        search=request.args.get("search", "").strip()[:MAX_SEARCH_CHARS],
    )


def _shown(wanted: LogFilter) -> dict[str, Any]:
    return {
        "found": logs.list_logs(wanted, limit=SHOWN),
        "wanted": wanted,
        "title": logs.source_words(wanted.source),
        "levels": LEVELS,
        "level_looks": LEVEL_LOOKS,
        "filter_args": _args_of(wanted),
        "is_all": wanted.source == _ALL,
        "is_chunk": is_chunk(wanted.source),
        "following": request.args.get("follow") != "no",
    }


def _args_of(wanted: LogFilter) -> dict[str, Any]:
    """Write a filter as query arguments, without what is at its default."""
    usual = LogFilter()
    values = {
        "source": (wanted.source, usual.source),
        "level": (wanted.level, usual.level),
        "search": (wanted.search, usual.search),
    }
    return {name: value for name, (value, default) in values.items() if value != default}
