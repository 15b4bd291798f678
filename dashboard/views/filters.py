"""Filters of the list of shots that people keep."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import NotFound, RequestRefused
from brender_farm.service import filters
from dashboard.paging import plain_query
from dashboard.who import current_actor

pages = Blueprint("filters", __name__, url_prefix="/filters")


@pages.post("")
def save() -> AnyResponse:
    """Keep what the list shows under a name, in the place of what has that name."""
    query = plain_query(request.form.get("query", ""))
    try:
        kept = filters.save_filter(request.form.get("name", ""), query, owner=current_actor())
    except RequestRefused as error:
        for fault in error.faults:
            flash(f"{fault.message} {fault.remedy}", "error")
    else:
        flash(f"The filter “{kept.name}” is kept.")
    return _list(query)


@pages.post("/<int:filter_id>/delete")
def delete(filter_id: int) -> AnyResponse:
    try:
        gone = filters.delete_filter(filter_id, owner=current_actor())
    except NotFound as error:
        flash(error.message, "error")
        return _list("")
    flash(f"The filter “{gone.name}” is deleted. No shot is.")
    return _list(gone.query)


def _list(query: str) -> AnyResponse:
    return redirect(f"{url_for('shots.index')}{'?' if query else ''}{query}")
