"""A check of the farm: what is broken and how to mend it, then what is well."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.domain.diagnosis import State
from dashboard import live
from dashboard.examinations import Check, Examinations
from dashboard.looks import Look
from dashboard.who import current_actor

pages = Blueprint("doctor", __name__, url_prefix="/status/check")

WAIT_S = 1.0
"""A small farm of which nothing is broken is through soon; else the page shows how far it is."""
_LONGEST_NAME = 63

STATE_LOOKS = {
    State.WELL: Look("Well", "check-circle-fill", "done"),
    State.WARNING: Look("Look here", "exclamation-circle", "paused"),
    State.UNKNOWN: Look("Not checked", "question-circle", "waiting"),
    State.BROKEN: Look("Broken", "exclamation-triangle-fill", "failed"),
}
_BAD_FIRST = (State.BROKEN, State.UNKNOWN, State.WARNING)


@pages.get("")
def page() -> str:
    node = request.args.get("node", "")[:_LONGEST_NAME]
    return render_template("doctor/page.html", asked_node=node, **_shown())


@pages.get("/live")
def fragment() -> Response:
    check = _examinations().last
    return live.fragment(
        check.tag if check else "", lambda: render_template("doctor/_live.html", **_shown())
    )


@pages.post("")
def start() -> AnyResponse:
    check = _examinations().start(
        node=request.form.get("node", "").strip()[:_LONGEST_NAME],
        render=request.form.get("render") == "yes",
        actor=current_actor(),
    )
    check.wait(WAIT_S)
    return redirect(url_for("doctor.page"))


def _shown() -> dict[str, Any]:
    check = _examinations().last
    return {"check": check, "state_looks": STATE_LOOKS, **_sorted(check)}


def _sorted(check: Check | None) -> dict[str, Any]:
    diagnoses = check.found.diagnoses if check is not None and check.found else ()
    return {
        "faults": [one for state in _BAD_FIRST for one in diagnoses if one.state is state],
        "well": [one for one in diagnoses if one.state is State.WELL],
    }


def _examinations() -> Examinations:
    found: Examinations = current_app.extensions["brender_examinations"]
    return found
