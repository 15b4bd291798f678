"""Going on with a changed .blend, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service.blend_change import Scope, adopt_blend
from dashboard.api.schemas.actions import AdoptSchema
from dashboard.api.schemas.shots import OneShotSchema
from dashboard.keepsakes import keep_before_rerender
from dashboard.who import current_actor

routes = APIBlueprint("adopt", __name__, url_prefix="/shots", tag="Shots")


@routes.post("/<int:shot_id>/adopt")
@routes.input(AdoptSchema, location="json", arg_name="values")
@routes.output(OneShotSchema)
@routes.doc(
    summary="Go on with a changed .blend: for the rest of the frames, or all again",
    responses=[404, 409, 415],
)
def adopt(shot_id: int, values: dict[str, Any]) -> Any:
    if values["scope"] == Scope.ALL:
        keep_before_rerender(shot_id, None)
    return adopt_blend(shot_id, values["scope"], actor=current_actor())
