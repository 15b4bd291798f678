"""The farm's limits and shares."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.errors import ActionRefused, FarmError, NotFound, RequestRefused
from brender_farm.service import rules
from dashboard import live
from dashboard.who import current_actor

pages = Blueprint("rules", __name__, url_prefix="/limits")


@pages.get("")
def index() -> str:
    return render_template("rules/index.html", **_shown())


@pages.get("/live")
def fragment() -> Response:
    found = rules.list_rules()
    return live.fragment(found.tag, lambda: render_template("rules/_live.html", found=found))


@pages.post("/set")
def set_limit() -> AnyResponse:
    name, slots = _asked("name"), _asked("slots")
    try:
        limit = rules.set_limit(name, slots, actor=current_actor())
    except RequestRefused as error:
        return _back(error)
    flash(f"Limit {limit.name} is {limit.slots}.")
    return _back()


@pages.post("/remove")
def remove_limit() -> AnyResponse:
    name = _asked("name")
    try:
        rules.remove_limit(name, actor=current_actor())
    except (ActionRefused, NotFound) as error:
        return _back(error)
    flash(f"Limit {name} is removed.")
    return _back()


@pages.post("/shares/set")
def set_share() -> AnyResponse:
    submitter, weight = _asked("submitter"), _asked("weight")
    try:
        share = rules.set_share(submitter, weight, actor=current_actor())
    except RequestRefused as error:
        return _back(error)
    flash(f"{share.submitter} has weight {share.weight:g}.")
    return _back()


@pages.post("/shares/remove")
def remove_share() -> AnyResponse:
    submitter = _asked("submitter")
    try:
        rules.remove_share(submitter, actor=current_actor())
    except NotFound as error:
        return _back(error)
    flash(f"{submitter} has weight 1, as everybody.")
    return _back()


def _asked(name: str) -> str:
    return request.form.get(name, "").strip()


def _back(error: FarmError | None = None) -> AnyResponse:
    """Return to the page, with what was refused and what to do about it."""
    if isinstance(error, RequestRefused):
        for fault in error.faults:
            flash(f"{fault.message} {fault.remedy}", "error")
    elif error is not None:
        flash(error.message, "error")
    return redirect(url_for("rules.index"))


def _shown() -> dict[str, Any]:
    return {"found": rules.list_rules()}
