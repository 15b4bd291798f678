"""Changing a shot, submitting it again, and asking what a submission would become, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import clone as cloning
from brender_farm.service.outlook import outlook
from brender_farm.service.requests import ShotRequest
from brender_farm.service.shot_edit import edit_shot, shot_settings
from brender_farm.service.shot_settings import tag_of
from dashboard.api.etags import IfMatchSchema, mark, seen_tag
from dashboard.api.idempotency import IdempotencySchema, answer, once_of
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
@routes.input(IfMatchSchema, location="headers", arg_name="headers")
@routes.output(OneShotSchema)
@routes.doc(
    summary="Change settings of a shot",
    description="With `If-Match` and the shot's ETag, or its `edit_tag`, only if nobody has "
    "changed any setting of it since.",
    responses=[404, 409, 415],
)
def change(shot_id: int, changes: dict[str, Any], headers: dict[str, Any]) -> Any:
    again = changes.pop("again", False)
    if again:
        keep_before_rerender(shot_id, None)
    tag = seen_tag(headers)
    row = edit_shot(shot_id, changes, actor=current_actor(), tag=tag, again=again)
    mark(edit=tag_of(shot_settings(shot_id)))
    return row


@routes.post("/<int:shot_id>/clone")
@routes.input(CloneSchema(partial=True), location="json", arg_name="changes")
@routes.input(IdempotencySchema, location="headers", arg_name="headers")
@routes.output(SubmittedSchema, status_code=201)
@routes.doc(summary="Submit a shot again, with changes", responses=[404, 415])
def clone(
    shot_id: int, changes: dict[str, Any], headers: dict[str, Any]
) -> tuple[dict[str, Any], int, dict[str, str]]:
    once = once_of(headers, {"shot_id": shot_id, "changes": changes})
    return answer(cloning.submit_again(shot_id, changes, submitter=current_actor(), once=once))


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
