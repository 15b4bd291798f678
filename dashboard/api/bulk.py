"""One action over many shots, and what archives or resets a single one, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.domain.shot_filter import ShotFilter
from brender_farm.service import archive, bulk
from brender_farm.service.reset import reset_shot
from dashboard.api.schemas.actions import ActionSchema, BanClearingSchema
from dashboard.api.schemas.bulk import (
    BulkResultSchema,
    BulkSchema,
    SurveyAskSchema,
    SurveySchema,
)
from dashboard.api.schemas.shots import OneShotSchema
from dashboard.who import current_actor, only_of

routes = APIBlueprint("bulk", __name__, url_prefix="/shots", tag="Shots")


@routes.post("/bulk")
@routes.input(BulkSchema, location="json", arg_name="values")
@routes.output(BulkResultSchema)
@routes.doc(summary="Do the same to many shots, and tell what became of each", responses=[415])
def act(values: dict[str, Any]) -> Any:
    wanted = values["filter"]
    ids = [*values["ids"], *(bulk.shots_meant(ShotFilter(**wanted)) if wanted is not None else ())]
    return bulk.bulk(
        values["action"],
        ids,
        actor=current_actor(),
        reason=values["reason"],
        priority=values["priority"],
        only_of=only_of(),
    )


@routes.post("/bulk/survey")
@routes.input(SurveyAskSchema, location="json", arg_name="values")
@routes.output(SurveySchema)
@routes.doc(summary="Say what an action over many shots would reach", responses=[415])
def look_ahead(values: dict[str, Any]) -> Any:
    return bulk.survey(values["action"], values["ids"])


@routes.post("/<int:shot_id>/archive")
@routes.input(BanClearingSchema, location="json", arg_name="values")
@routes.output(OneShotSchema)
@routes.doc(summary="Put a shot that is over away", responses=[404, 409, 415])
def put_away(shot_id: int, values: dict[str, Any]) -> Any:  # noqa: ARG001 - an empty object
    return archive.archive_shot(shot_id, actor=current_actor())


@routes.post("/<int:shot_id>/unarchive")
@routes.input(BanClearingSchema, location="json", arg_name="values")
@routes.output(OneShotSchema)
@routes.doc(summary="Put a shot back into the list", responses=[404, 415])
def take_out(shot_id: int, values: dict[str, Any]) -> Any:  # noqa: ARG001 - an empty object
    return archive.unarchive_shot(shot_id, actor=current_actor())


@routes.post("/<int:shot_id>/reset")
@routes.input(ActionSchema, location="json", arg_name="values")
@routes.output(OneShotSchema)
@routes.doc(
    summary="Stop what it has on nodes and render all its frames again", responses=[404, 409, 415]
)
def reset(shot_id: int, values: dict[str, Any]) -> Any:
    return reset_shot(shot_id, actor=current_actor(), reason=values["reason"])
