"""Shots, their frames and chunks, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint
from flask import Response, json

from brender_farm.service import after, changes, deletion, shots
from brender_farm.service import submit as submitting
from brender_farm.service.known import known
from brender_farm.service.requests import ShotRequest
from brender_farm.service.shapes.shots import Page, ShotDetail
from dashboard.api import cursors, etags, waiting
from dashboard.api.idempotency import IdempotencySchema, answer, once_of
from dashboard.api.schemas.actions import ActionSchema, AfterSchema, ReasonQuery
from dashboard.api.schemas.events import ShotEventsSchema
from dashboard.api.schemas.frames import (
    ChunkListSchema,
    ChunkQuery,
    FramePageSchema,
    FrameQuery,
)
from dashboard.api.schemas.shots import (
    OneShotSchema,
    ShotDetailSchema,
    ShotListQuery,
    ShotListSchema,
    ShotSchema,
)
from dashboard.api.schemas.submitting import SubmitSchema, SubmittedSchema
from dashboard.api.waiting import WaitQuery
from dashboard.who import current_actor

_GOOD_FOR_S = 10.0
"""How old a time left may be that is told while nothing changes on the farm."""

routes = APIBlueprint("shots", __name__, url_prefix="/shots", tag="Shots")


@routes.post("")
@routes.input(SubmitSchema, location="json", arg_name="values")
@routes.input(IdempotencySchema, location="headers", arg_name="headers")
@routes.output(SubmittedSchema, status_code=201)
@routes.doc(summary="Submit a shot", responses=[415])
def submit(
    values: dict[str, Any], headers: dict[str, Any]
) -> tuple[dict[str, Any], int, dict[str, str]]:
    once = once_of(headers, values)
    return answer(submitting.submit(ShotRequest(**values), submitter=current_actor(), once=once))


@routes.get("")
@routes.input(ShotListQuery, location="query", arg_name="query")
@routes.output(ShotListSchema)
@routes.doc(summary="List shots: search, filter, sort, page")
def index(query: dict[str, Any]) -> dict[str, Any]:
    waiting.fresh_tag(changes.SHOTS, query)
    number, place = query.pop("page"), f"shots {query['sort']}"
    after = cursors.read(place, query.pop("cursor"), (object, int))
    found = shots.list_shots(Page(number=number, **query), after=after, with_next=True)
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
        "next_cursor": cursors.written(place, found.next_after),
    }


@routes.get("/<int:shot_id>")
@routes.input(WaitQuery, location="query", arg_name="query")
@routes.output(ShotDetailSchema)
@routes.doc(summary="One shot, with what it was submitted with", responses=[404])
def one(shot_id: int, query: dict[str, Any]) -> Response:
    is_asked_again = waiting.has_an_answer(query)
    tag = waiting.fresh_tag(changes.one_shot(shot_id), query) if is_asked_again else ""
    answer = _kept_answer(shot_id)
    if is_asked_again and answer.tag != tag:  # it has changed in this moment
        answer = _answer(shot_id)
    etags.mark(edit=answer.edit_tag, state=answer.tag)
    return Response(answer.body, mimetype="application/json")


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
@routes.input(ReasonQuery, location="query", arg_name="query")
@routes.output({}, status_code=204, description="Deleted")
@routes.doc(
    summary="Stop a shot at once and forget it; its finished files stay", responses=[404, 409]
)
def delete(shot_id: int, query: dict[str, Any]) -> tuple[str, int]:
    deletion.delete_shot(shot_id, actor=current_actor(), **query)
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
    place = f"frames {query['state']}"
    after = cursors.read(place, query.pop("cursor"), (int,))
    found = shots.shot_frames(shot_id, **query, after=after[0] if after else None)
    last = found.next_after
    return {
        "frames": found.cells,
        "offset": found.offset if after is None else None,
        "total": found.total,
        "next_cursor": cursors.written(place, None if last is None else (last,)),
    }


@routes.get("/<int:shot_id>/chunks")
@routes.input(ChunkQuery, location="query", arg_name="query")
@routes.output(ChunkListSchema)
@routes.doc(summary="A shot's chunks, newest first", responses=[404])
def chunks(shot_id: int, query: dict[str, Any]) -> dict[str, Any]:
    shots.shot_tag(shot_id)  # raises NotFound
    before, limit = cursors.read("chunks", query["cursor"], (int,)), query["limit"]
    found = shots.shot_chunks(shot_id, limit=limit, before=before[0] if before else None)
    return {"chunks": found, "next_cursor": _next("chunks", found, limit)}


@routes.get("/<int:shot_id>/events")
@routes.input(ChunkQuery, location="query", arg_name="query")
@routes.output(ShotEventsSchema)
@routes.doc(summary="What happened to a shot, newest first", responses=[404])
def events(shot_id: int, query: dict[str, Any]) -> dict[str, Any]:
    shots.shot_tag(shot_id)  # raises NotFound
    before, limit = cursors.read("events", query["cursor"], (int,)), query["limit"]
    found = shots.shot_events(shot_id, limit=limit, before=before[0] if before else None)
    return {"events": found, "next_cursor": _next("events", found, limit)}


def _next(name: str, rows: Sequence[Any], limit: int) -> str | None:
    """Return where those begin that are older than these."""
    return cursors.written(name, (rows[-1].id,) if len(rows) == limit else None)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A shot as it is sent: good for a while as long as nothing changes on the farm."""

    body: str
    edit_tag: str
    tag: str


def _kept_answer(shot_id: int) -> _Answer:
    found: _Answer = known("answers", good_for_s=_GOOD_FOR_S).get(
        f"{shot_id} {changes.farm_tag()}", lambda: _answer(shot_id)
    )
    return found


def _answer(shot_id: int) -> _Answer:
    found = shots.get_shot(shot_id)
    tag = str(found.rev)
    return _Answer(json.dumps(_DETAIL.dump(_flat(found) | {"tag": tag})), found.edit_tag, tag)


_DETAIL = ShotDetailSchema()  # made once: that takes as long as the rest of an answer
_NAMES = frozenset((*ShotSchema().fields, *_DETAIL.fields)) - {"tag"}


def _flat(detail: ShotDetail) -> dict[str, Any]:
    """Put what a list shows and what was submitted side by side."""
    return {
        name: getattr(detail.row if hasattr(detail.row, name) else detail, name) for name in _NAMES
    }
