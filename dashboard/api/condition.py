"""How each part of the farm is, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service.condition import condition
from dashboard.api.schemas.condition import ConditionSchema

routes = APIBlueprint("condition", __name__, tag="Farm")


@routes.get("/status")
@routes.output(ConditionSchema)
@routes.doc(summary="How each part of the farm is, and what is wrong in plain words")
def index() -> Any:
    return condition()
