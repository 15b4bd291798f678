"""Nodes, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import nodes
from dashboard.api.schemas.actions import NodeActionSchema
from dashboard.api.schemas.nodes import HoursSchema, NodeListSchema, OneNodeSchema
from dashboard.who import current_actor

routes = APIBlueprint("nodes", __name__, url_prefix="/nodes", tag="Nodes")


@routes.get("")
@routes.output(NodeListSchema)
@routes.doc(summary="All nodes, with what they render and their last figures")
def index() -> dict[str, Any]:
    found = nodes.list_nodes()
    return {"nodes": found.rows, "tag": found.tag}


@routes.post("/<int:node_id>/actions/<action>")
@routes.input(NodeActionSchema, location="json", arg_name="values")
@routes.output(OneNodeSchema)
@routes.doc(summary="Enable, drain or disable a node", responses=[404, 409, 415])
def act(node_id: int, action: str, values: dict[str, Any]) -> Any:
    return nodes.act_on_node(node_id, action, actor=current_actor(), **values)


@routes.put("/<int:node_id>/hours")
@routes.input(HoursSchema, location="json", arg_name="values")
@routes.output(OneNodeSchema)
@routes.doc(summary="Say when a node takes new work", responses=[404, 415, 422])
def set_hours(node_id: int, values: dict[str, Any]) -> Any:
    return nodes.set_hours(node_id, values["hours"], actor=current_actor())
