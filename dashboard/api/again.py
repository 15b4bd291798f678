"""Asking for frames once more, and giving banned nodes another chance, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import again
from dashboard.api.schemas.actions import BanClearingSchema, RerenderedSchema, RerenderSchema
from dashboard.api.schemas.shots import OneShotSchema
from dashboard.keepsakes import keep_before_rerender
from dashboard.who import current_actor

routes = APIBlueprint("again", __name__, url_prefix="/shots", tag="Shots")


@routes.post("/<int:shot_id>/rerender")
@routes.input(RerenderSchema, location="json", arg_name="values")
@routes.output(RerenderedSchema)
@routes.doc(summary="Render finished or failed frames again", responses=[404, 409, 415])
def rerender(shot_id: int, values: dict[str, Any]) -> dict[str, Any]:
    keep_before_rerender(shot_id, values["frames"])
    shot, count = again.rerender_frames(
        shot_id, values["frames"], actor=current_actor(), reason=values["reason"]
    )
    return {"shot": shot, "count": count}


@routes.post("/<int:shot_id>/bans/clear")
@routes.input(BanClearingSchema, location="json", arg_name="values")
@routes.output(OneShotSchema)
@routes.doc(summary="Give the nodes banned from a shot another chance", responses=[404, 415])
def clear_bans(shot_id: int, values: dict[str, Any]) -> Any:  # noqa: ARG001 - an empty object
    return again.clear_bans(shot_id, actor=current_actor())
