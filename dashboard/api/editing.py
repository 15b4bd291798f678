"""Changing a shot, submitting it again, and asking what a submission would become, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request, url_for

from brender_farm.service import clone as cloning
from brender_farm.service.outlook import outlook
from brender_farm.service.requests import ShotRequest
from brender_farm.service.shot_edit import edit_shot
from dashboard.api.schemas.editing import (
    CloneSchema,
    OutlookQuestionSchema,
    OutlookSchema,
    ShotChangeSchema,
)
from dashboard.api.schemas.shots import OneShotSchema
from dashboard.api.schemas.submitting import SubmittedSchema
from dashboard.keepsakes import keep_before_rerender
from dashboard.who import current_actor

routes = APIBlueprint("editing", __name__, url_prefix="/shots", tag="Shots")


@routes.patch("/<int:shot_id>")
@routes.input(ShotChangeSchema, location="json", arg_name="changes")
@routes.output(OneShotSchema)
@routes.doc(
    summary="Change settings of a shot",
    description="With `If-Match` and the shot's `edit_tag`, only if nobody has changed any "
    "setting of it since.",
    responses=[404, 409, 415],
)
def change(shot_id: int, changes: dict[str, Any]) -> Any:
    again = changes.pop("again", False)
    if again:
        keep_before_rerender(shot_id, None)
    tag = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    tag = "" if tag == "*" else tag
    return edit_shot(shot_id, changes, actor=current_actor(), tag=tag, again=again)


@routes.post("/<int:shot_id>/clone")
@routes.input(CloneSchema(partial=True), location="json", arg_name="changes")
@routes.output(SubmittedSchema, status_code=201)
@routes.doc(summary="Submit a shot again, with changes", responses=[404, 415])
def clone(shot_id: int, changes: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    submitted = cloning.submit_again(shot_id, changes, submitter=current_actor())
    new_id = submitted.shot.id
    body = {
        "shot": submitted.shot,
        "output_dir": submitted.output_dir,
        "warnings": submitted.warnings,
        "url": url_for("shot.page", shot_id=new_id, _external=True),
    }
    where = url_for("api.shots.one", shot_id=new_id, _external=True)
    return body, 201, {"Location": where}


@routes.post("/outlook")
@routes.input(OutlookQuestionSchema, location="json", arg_name="values")
@routes.output(OutlookSchema)
@routes.doc(summary="Say what a submission would become; nothing is stored", responses=[415])
def foretell(values: dict[str, Any]) -> dict[str, Any]:
    told = outlook(ShotRequest(**values), submitter=current_actor())
    names = ("frames", "frame_count", "width", "height", "format", "output_dir", "warnings")
    left = told.left
    return {name: getattr(told.checked, name) for name in names} | {
        "look": told.look,
        "chunk_count": told.chunk_count,
        "node_count": told.node_count,
        "slot_count": told.slot_count,
        "unfit": told.unfit,
        "pace": told.pace,
        "time_s": left.s if left else None,
        "time_low_s": left.low_s if left else None,
        "time_high_s": left.high_s if left else None,
        "frames_before": told.frames_before,
    }
