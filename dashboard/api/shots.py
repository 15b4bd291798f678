"""Shots, their frames and chunks, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import url_for

from brender_farm.service import after, deletion, shots
from brender_farm.service import submit as submitting
from brender_farm.service.requests import ShotRequest
from brender_farm.service.shapes.shots import Page, ShotDetail
from dashboard.api.schemas.actions import ActionSchema, AfterSchema
from dashboard.api.schemas.frames import ChunkListSchema, FramePageSchema, FrameQuery
from dashboard.api.schemas.shots import (
    OneShotSchema,
    ShotDetailSchema,
    ShotListQuery,
    ShotListSchema,
    ShotSchema,
)
from dashboard.api.schemas.submitting import SubmitSchema, SubmittedSchema
from dashboard.who import current_actor

routes = APIBlueprint("shots", __name__, url_prefix="/shots", tag="Shots")


@routes.post("")
@routes.input(SubmitSchema, location="json", arg_name="values")
@routes.output(SubmittedSchema, status_code=201)
@routes.doc(summary="Submit a shot", responses=[415])
def submit(values: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    submitted = submitting.submit(ShotRequest(**values), submitter=current_actor())
    where = url_for("api.shots.one", shot_id=submitted.shot.id, _external=True)
    body = {
        "shot": submitted.shot,
        "output_dir": submitted.output_dir,
        "warnings": submitted.warnings,
        "url": url_for("shot.page", shot_id=submitted.shot.id, _external=True),
    }
    return body, 201, {"Location": where}


@routes.get("")
@routes.input(ShotListQuery, location="query", arg_name="query")
@routes.output(ShotListSchema)
@routes.doc(summary="List shots: search, filter, sort, page")
def index(query: dict[str, Any]) -> dict[str, Any]:
    number = query.pop("page")
    found = shots.list_shots(Page(number=number, **query))
    left = found.queue_left
    return {
        "shots": found.rows,
        "total": found.total,
        "page": found.page.number,
        "size": found.page.size,
        "counts": found.counts,
        "archived_count": found.archived_count,
        "tag": found.tag,
        "queue_left_s": left.s if left else None,
        "queue_left_low_s": left.low_s if left else None,
        "queue_left_high_s": left.high_s if left else None,
        "untold_count": found.untold_count,
    }


@routes.get("/<int:shot_id>")
@routes.output(ShotDetailSchema)
@routes.doc(summary="One shot, with what it was submitted with", responses=[404])
def one(shot_id: int) -> dict[str, Any]:
    return _flat(shots.get_shot(shot_id))


@routes.put("/<int:shot_id>/after")
@routes.input(AfterSchema, location="json", arg_name="values")
@routes.output(OneShotSchema)
@routes.doc(
    summary="Let an unfinished shot come after these shots, and no others",
    responses=[404, 409, 415],
)
def put_after(shot_id: int, values: dict[str, Any]) -> Any:
    return after.set_after(shot_id, **values, actor=current_actor())


@routes.delete("/<int:shot_id>")
@routes.output({}, status_code=204, description="Deleted")
@routes.doc(
    summary="Stop a shot at once and forget it; its finished files stay", responses=[404, 409]
)
def delete(shot_id: int) -> tuple[str, int]:
    deletion.delete_shot(shot_id, actor=current_actor())
    return "", 204


@routes.post("/<int:shot_id>/actions/<action>")
@routes.input(ActionSchema, location="json", arg_name="values")
@routes.output(OneShotSchema)
@routes.doc(summary="Pause, resume, start, retry or cancel a shot", responses=[404, 409, 415])
def act(shot_id: int, action: str, values: dict[str, Any]) -> Any:
    return shots.act_on_shot(shot_id, action, actor=current_actor(), reason=values["reason"])


@routes.get("/<int:shot_id>/frames")
@routes.input(FrameQuery, location="query", arg_name="query")
@routes.output(FramePageSchema)
@routes.doc(summary="A shot's frames, in rendering order", responses=[404])
def frames(shot_id: int, query: dict[str, Any]) -> dict[str, Any]:
    found = shots.shot_frames(shot_id, **query)
    return {"frames": found.cells, "offset": found.offset, "total": found.total}


@routes.get("/<int:shot_id>/chunks")
@routes.output(ChunkListSchema)
@routes.doc(summary="A shot's latest chunks, newest first", responses=[404])
def chunks(shot_id: int) -> dict[str, Any]:
    shots.shot_tag(shot_id)  # raises NotFound
    return {"chunks": shots.shot_chunks(shot_id)}


def _flat(detail: ShotDetail) -> dict[str, Any]:
    """Put what a list shows and what was submitted side by side."""
    names = [*ShotSchema().fields, *ShotDetailSchema().fields]
    return {
        name: getattr(detail.row if hasattr(detail.row, name) else detail, name) for name in names
    }
