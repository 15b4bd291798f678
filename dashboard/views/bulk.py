"""One action over the shots that were chosen in the list."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import RequestRefused
from brender_farm.service import bulk
from dashboard.bulk_results import BulkResults
from dashboard.chosen import chosen_ids, write_runs
from dashboard.formatting import plural
from dashboard.looks import BULK_LOOKS
from dashboard.paging import args_of, page_of, whole
from dashboard.who import current_actor, only_of

pages = Blueprint("bulk", __name__, url_prefix="/shots/bulk")


@pages.post("")
def act() -> AnyResponse | str:
    """Do it at once, or ask first where something would be lost."""
    action, page = request.form.get("action", ""), page_of(request.args)
    everything = "all" in request.form
    ids = list(bulk.shots_meant(page.filter)) if everything else chosen_ids(request.form)
    look = BULK_LOOKS.get(action)
    if look is None:
        abort(400, description="No action was chosen.")
    if not ids:
        flash("No shot is selected. Tick the shots first.", "warning")
        return _list()
    if action == "priority" and not request.form.get("priority", "").strip():
        flash("Write the new priority into the field beside the button, 0 to 100.", "warning")
        return _list()
    if look.confirm and "confirmed" not in request.form:
        return _ask(action, ids)
    return _do(action, ids)


@pages.get("/<key>")
def result(key: str) -> str:
    """Show what was refused, and why."""
    found = _results().of(key)
    if found is None:
        abort(404, description="What came of that is no longer kept. Events tell what was done.")
    return render_template(
        "shots/bulk_result.html", found=found, look=BULK_LOOKS[found.action], list_args=_args()
    )


def _ask(action: str, ids: list[int]) -> str:
    survey = bulk.survey(action, ids)
    return render_template(
        "shots/bulk_confirm.html",
        action=action,
        look=BULK_LOOKS[action],
        survey=survey,
        gone_count=len(set(ids)) - len(survey.ids),
        runs=write_runs(survey.ids),
        list_args=_args(),
    )


def _do(action: str, ids: list[int]) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    priority = whole(request.form.get("priority", "").strip(), -1)
    try:
        done = bulk.bulk(
            action,
            ids,
            actor=current_actor(),
            reason=reason,
            priority=priority,
            only_of=only_of(),
        )
    except RequestRefused as error:
        for fault in error.faults:
            flash(f"{fault.message} {fault.remedy}", "error")
        return _list()
    if done.refused:
        return redirect(url_for("bulk.result", key=_results().keep(done), **_args()))
    flash(f"{plural(len(done.done), 'shot')} {BULK_LOOKS[action].done}.")
    return _list()


def _args() -> dict[str, Any]:
    return args_of(page_of(request.args))


def _list() -> AnyResponse:
    return redirect(url_for("shots.index", **_args()))


def _results() -> BulkResults:
    found: BulkResults = current_app.extensions["brender_bulk_results"]
    return found
