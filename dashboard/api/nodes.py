"""Nodes, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import nodes
from brender_farm.service.node_history import node_history
from dashboard.api.schemas.actions import NodeActionSchema
from dashboard.api.schemas.nodes import (
    HoursSchema,
    NodeHistoryQuery,
    NodeHistorySchema,
    NodeListSchema,
    NodeRestartSchema,
    OneNodeSchema,
    TagsSchema,
)
from dashboard.who import current_actor

routes = APIBlueprint("nodes", __name__, url_prefix="/nodes", tag="Nodes")


@routes.get("")
@routes.output(NodeListSchema)
@routes.doc(summary="All nodes, with what they render and their last figures")
def index() -> dict[str, Any]:
    found = nodes.list_nodes()
    return {"nodes": found.rows, "tag": found.tag}


@routes.get("/<int:node_id>")
@routes.output(OneNodeSchema)
@routes.doc(summary="One node", responses=[404])
def one(node_id: int) -> Any:
    return nodes.get_node(node_id)


@routes.get("/<int:node_id>/history")
@routes.input(NodeHistoryQuery, location="query", arg_name="query")
@routes.output(NodeHistorySchema)
@routes.doc(summary="A node's figures over the last hour, day or week", responses=[404])
def history(node_id: int, query: dict[str, Any]) -> Any:
    return node_history(node_id, query["span"])


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


@routes.put("/<int:node_id>/tags")
@routes.input(TagsSchema, location="json", arg_name="values")
@routes.output(OneNodeSchema)
@routes.doc(summary="Give a node tags instead of its own", responses=[404, 415, 422])
def set_tags(node_id: int, values: dict[str, Any]) -> Any:
    tags = values["tags"]
    text = None if tags is None else ",".join(tags)
    return nodes.set_tags(node_id, text, actor=current_actor())


@routes.post("/<int:node_id>/restart")
@routes.input(NodeRestartSchema, location="json", arg_name="_values")
@routes.output(OneNodeSchema)
@routes.doc(summary="Start a node's Blenders anew, each after its frame", responses=[404, 415])
def restart(node_id: int, _values: dict[str, Any]) -> Any:
    return nodes.restart_blenders(node_id, actor=current_actor())


@routes.delete("/<int:node_id>")
@routes.output({}, status_code=204, description="Forgotten")
@routes.doc(summary="Forget a node that is offline for good", responses=[404, 409])
def forget(node_id: int) -> tuple[str, int]:
    nodes.forget(node_id, actor=current_actor())
    return "", 204
