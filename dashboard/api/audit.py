"""Comparing a shot's finished files with what is recorded, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import current_app, url_for

from brender_farm.service import shots
from dashboard.api.schemas.audit import AuditRunSchema, AuditStartSchema
from dashboard.audits import Audits
from dashboard.who import current_actor

routes = APIBlueprint("audit", __name__, url_prefix="/shots", tag="Shots")

WAIT_S = 5.0


@routes.post("/<int:shot_id>/audit")
@routes.input(AuditStartSchema, location="json", arg_name="values")
@routes.output(AuditRunSchema, description="Through, or 202 while it goes on after 5 s")
@routes.doc(
    summary="Compare a shot's finished files with what is recorded; what is bad is rendered again",
    responses=[404, 415],
)
def audit(shot_id: int, values: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    shots.shot_tag(shot_id)  # raises NotFound
    audits: Audits = current_app.extensions["brender_audits"]
    run = audits.start(shot_id, actor=current_actor(), full=values["full"])
    result = run.wait(WAIT_S)
    body = {
        "running": result is None,
        "checked_count": run.checked_count,
        "frame_count": run.frame_count,
        "result": result,
    }
    where = {"Location": url_for("api.shots.one", shot_id=shot_id, _external=True)}
    return (body, 202, where) if result is None else (body, 200, {})
