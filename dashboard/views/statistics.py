"""Statistics: frames, hours and failures by day, person and node; and as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Blueprint, Response, render_template, request

from brender_farm.service.shows import get_show
from brender_farm.service.statistics import WorkSum, statistics
from dashboard.paging import whole

pages = Blueprint("statistics", __name__, url_prefix="/statistics")

SPANS = (7, 30, 90)
_FORMULA = frozenset("=+-@＝＋－＠")


@pages.get("")
def page() -> str:
    return render_template("statistics/page.html", **_shown())


@pages.get("/<kind>.csv")
def table(kind: str) -> Response:
    """Give one of the tables as CSV."""
    found = _shown()["found"]
    rows: dict[str, tuple[WorkSum, ...]]
    rows = {"days": found.days, "people": found.submitters, "nodes": found.nodes}
    rows["shows"] = found.shows
    if kind not in rows:
        return Response(status=404)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([kind, "frames", "failed_tries", "hours"])
    for row in rows[kind]:
        writer.writerow([_plain(row.key), row.done_count, row.failed_count, f"{row.hours:.4f}"])
    name = f"brender-{kind}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)


def _plain(text: str) -> str:
    """Keep a spreadsheet from reading a name as a formula."""
    return f"'{text}" if text.lstrip()[:1] in _FORMULA or text[:1].isspace() else text


def _shown() -> dict[str, Any]:
    """Return the page's values; with `show` in the address what was done for that show alone."""
    days = whole(request.args.get("days"), SPANS[0])
    days = days if days in SPANS else SPANS[0]
    show_id = whole(request.args.get("show"), 0) or None
    show = get_show(show_id) if show_id is not None else None
    found = statistics(days, show_id=show_id)
    return {"found": found, "days": days, "spans": SPANS, "show": show, "show_id": show_id}
