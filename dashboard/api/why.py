"""Why a shot waits and why a node idles, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import why
from dashboard.api.schemas.why import NodeWhySchema, ShotWhySchema

routes = APIBlueprint("why", __name__)


@routes.get("/shots/<int:shot_id>/why")
@routes.output(ShotWhySchema)
@routes.doc(summary="Why a shot gets no more than it has", responses=[404], tags=["Shots"])
def of_shot(shot_id: int) -> Any:
    return why.why_shot(shot_id)


@routes.get("/nodes/<int:node_id>/why")
@routes.output(NodeWhySchema)
@routes.doc(summary="Why a node has slots without work", responses=[404], tags=["Nodes"])
def of_node(node_id: int) -> Any:
    return why.why_node(node_id)
