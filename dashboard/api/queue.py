"""The queue, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import changes, queue
from dashboard.api import waiting
from dashboard.api.schemas.queue import MoveSchema, QueueSchema
from dashboard.api.schemas.shots import OneShotSchema
from dashboard.api.waiting import WaitQuery
from dashboard.who import current_actor

routes = APIBlueprint("queue", __name__, tag="Queue")


@routes.get("/queue")
@routes.input(WaitQuery, location="query", arg_name="query")
@routes.output(QueueSchema)
@routes.doc(summary="What runs, what gets the next slot and why, and what is not in line")
def look(query: dict[str, Any]) -> Any:
    tag = waiting.fresh_tag(changes.QUEUE, query)
    found = queue.look_at_queue()
    return {name: getattr(found, name) for name in found.__dataclass_fields__} | {"tag": tag}


@routes.post("/queue/move")
@routes.input(MoveSchema, location="json", arg_name="values")
@routes.output(OneShotSchema)
@routes.doc(
    summary="Give a shot the priority that puts it between two others", responses=[404, 415, 422]
)
def move(values: dict[str, Any]) -> Any:
    return queue.move_in_line(
        values["shot"], above=values["above"], below=values["below"], actor=current_actor()
    )
