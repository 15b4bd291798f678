"""Nodes, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.domain.standing import Standing
from brender_farm.service import changes, nodes
from brender_farm.service.edit_tags import node_tag
from brender_farm.service.events import events_of_node
from brender_farm.service.node_bulk import act_on_nodes
from brender_farm.service.node_history import node_history
from brender_farm.service.node_list import page_of_nodes
from brender_farm.service.node_page import node_detail
from brender_farm.service.shapes.nodes import NodePage, NodeRow
from dashboard.api import cursors, etags, waiting
from dashboard.api.schemas.actions import (
    NodeActionSchema,
    NodeBulkResultSchema,
    NodeBulkSchema,
    ReasonQuery,
)
from dashboard.api.schemas.nodes import (
    HoursSchema,
    NodeDoneSchema,
    NodeEventQuery,
    NodeEventsSchema,
    NodeHistoryQuery,
    NodeHistorySchema,
    NodeListQuery,
    NodeListSchema,
    NodeRestartSchema,
    OneNodeSchema,
    TagsSchema,
)
from dashboard.who import current_actor

routes = APIBlueprint("nodes", __name__, url_prefix="/nodes", tag="Nodes")


@routes.get("")
@routes.input(NodeListQuery, location="query", arg_name="query")
@routes.output(NodeListSchema)
@routes.doc(
    summary="Nodes, with what they render and their last figures: search, filter, sort, page"
)
def index(query: dict[str, Any]) -> dict[str, Any]:
    tag = waiting.fresh_tag(changes.NODES, query)
    by_name = query["sort"] == "name"
    after = cursors.read("nodes" if by_name else "-", query["cursor"], (str,))
    found = page_of_nodes(_page(query), after=after[0] if after else None)
    is_full = by_name and len(found.rows) == query["limit"]
    names = ("total", "all_count", "online_count", "counts", "pools", "tags", "systems")
    return {name: getattr(found, name) for name in names} | {
        "nodes": found.rows,
        "tag": tag,
        "next_cursor": cursors.written("nodes", (found.rows[-1].name,) if is_full else None),
    }


@routes.post("/bulk")
@routes.input(NodeBulkSchema, location="json", arg_name="values")
@routes.output(NodeBulkResultSchema)
@routes.doc(summary="Enable, drain or disable many nodes, and tell what became of each")
def act_on_many(values: dict[str, Any]) -> Any:
    return act_on_nodes(
        values["ids"], values["action"], actor=current_actor(), reason=values["reason"]
    )


@routes.get("/<int:node_id>")
@routes.output(OneNodeSchema)
@routes.doc(summary="One node", responses=[404])
def one(node_id: int) -> Any:
    return _tagged(nodes.get_node(node_id))


@routes.get("/<int:node_id>/history")
@routes.input(NodeHistoryQuery, location="query", arg_name="query")
@routes.output(NodeHistorySchema)
@routes.doc(summary="A node's figures over the last hour, day or week", responses=[404])
def history(node_id: int, query: dict[str, Any]) -> Any:
    return node_history(node_id, query["span"])


@routes.get("/<int:node_id>/events")
@routes.input(NodeEventQuery, location="query", arg_name="query")
@routes.output(NodeEventsSchema)
@routes.doc(summary="What happened to a node, newest first", responses=[404])
def events(node_id: int, query: dict[str, Any]) -> dict[str, Any]:
    nodes.get_node(node_id)  # raises NotFound
    before, limit = cursors.read("node events", query["cursor"], (int,)), query["limit"]
    found = events_of_node(node_id, limit=limit, before=before[0] if before else None)
    last = (found[-1].id,) if len(found) == limit else None
    return {"events": found, "next_cursor": cursors.written("node events", last)}


@routes.get("/<int:node_id>/work")
@routes.output(NodeDoneSchema)
@routes.doc(summary="What a node did in the last 24 hours, and finished last", responses=[404])
def work(node_id: int) -> dict[str, Any]:
    found = node_detail(str(node_id))
    return {
        "hours": found.hours,
        "frames_per_hour": found.pace.frames_per_hour,
        "newest": found.strip,
    }


@routes.post("/<int:node_id>/actions/<action>")
@routes.input(NodeActionSchema, location="json", arg_name="values")
@routes.input(etags.IfMatchSchema, location="headers", arg_name="headers")
@routes.output(OneNodeSchema)
@routes.doc(summary="Enable, drain or disable a node", responses=[404, 409, 415])
def act(node_id: int, action: str, values: dict[str, Any], headers: dict[str, Any]) -> Any:
    tag = etags.seen_tag(headers)
    return _tagged(nodes.act_on_node(node_id, action, actor=current_actor(), tag=tag, **values))


@routes.put("/<int:node_id>/hours")
@routes.input(HoursSchema, location="json", arg_name="values")
@routes.input(etags.IfMatchSchema, location="headers", arg_name="headers")
@routes.output(OneNodeSchema)
@routes.doc(summary="Say when a node takes new work", responses=[404, 415, 422])
def set_hours(node_id: int, values: dict[str, Any], headers: dict[str, Any]) -> Any:
    tag = etags.seen_tag(headers)
    return _tagged(nodes.set_hours(node_id, values["hours"], actor=current_actor(), tag=tag))


@routes.put("/<int:node_id>/tags")
@routes.input(TagsSchema, location="json", arg_name="values")
@routes.input(etags.IfMatchSchema, location="headers", arg_name="headers")
@routes.output(OneNodeSchema)
@routes.doc(summary="Give a node tags instead of its own", responses=[404, 415, 422])
def set_tags(node_id: int, values: dict[str, Any], headers: dict[str, Any]) -> Any:
    tags = values["tags"]
    text = None if tags is None else ",".join(tags)
    seen = etags.seen_tag(headers)
    return _tagged(nodes.set_tags(node_id, text, actor=current_actor(), tag=seen))


@routes.post("/<int:node_id>/restart")
@routes.input(NodeRestartSchema, location="json", arg_name="_values")
@routes.output(OneNodeSchema)
@routes.doc(summary="Start a node's Blenders anew, each after its frame", responses=[404, 415])
def restart(node_id: int, _values: dict[str, Any]) -> Any:
    return nodes.restart_blenders(node_id, actor=current_actor())


@routes.delete("/<int:node_id>")
@routes.input(ReasonQuery, location="query", arg_name="query")
@routes.output({}, status_code=204, description="Forgotten")
@routes.doc(summary="Forget a node that is offline for good", responses=[404, 409])
def forget(node_id: int, query: dict[str, Any]) -> tuple[str, int]:
    nodes.forget(node_id, actor=current_actor(), **query)
    return "", 204


def _page(query: dict[str, Any]) -> NodePage:
    state = query["state"]
    return NodePage(
        search=query["search"],
        state=Standing(state) if state else None,
        pool=query["pool"],
        tag=query["tagged"],
        system=query["system"],
        sort=query["sort"],
        number=query["page"],
        size=query["limit"],
    )


def _tagged(node: NodeRow) -> NodeRow:
    etags.mark(edit=node_tag(node))
    return node
