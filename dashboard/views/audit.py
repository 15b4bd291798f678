"""Comparing a shot's finished files with what is recorded, when someone asks for it."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.service import shots
from brender_farm.service.audit_result import AuditResult
from dashboard.audits import Audits
from dashboard.formatting import plural
from dashboard.who import current_actor

pages = Blueprint("audit", __name__, url_prefix="/shots/<int:shot_id>/audit")

WAIT_S = 1.5
"""A small shot is through by then; of a larger one the page shows how far the audit is."""


@pages.post("")
def start(shot_id: int) -> AnyResponse:
    shots.shot_tag(shot_id)  # raises NotFound
    audits: Audits = current_app.extensions["brender_audits"]
    result = audits.start(shot_id, actor=current_actor()).wait(WAIT_S)
    if result is None:
        flash("The files are being checked. The result will appear on this page.")
    elif result.is_well:
        flash(f"{plural(result.checked_count, 'finished frame')} checked: all as published.")
    else:
        flash(_summary(result), "warning")
    return redirect(url_for("shot.page", shot_id=shot_id))


def _summary(result: AuditResult) -> str:
    if not result.bad_count:
        return "Not everything could be checked."
    return (
        f"{plural(result.checked_count, 'finished frame')} checked: "
        f"{plural(result.bad_count, 'frame')} not as published."
    )
