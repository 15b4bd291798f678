"""What the caller is told of, and where, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from brender_farm.domain.news import Topic
from brender_farm.service import notices
from brender_farm.service.edit_tags import notice_tag
from brender_farm.service.shapes.notices import NoticeRequest, NoticeRow
from dashboard.api import etags
from dashboard.api.schemas.notices import (
    NoticeAddSchema,
    NoticeChangeSchema,
    NoticeListSchema,
    NoticeTestSchema,
    OneNoticeSchema,
    TopicListSchema,
)
from dashboard.api.schemas.words import NothingSchema
from dashboard.who import current_actor

routes = APIBlueprint("notices", __name__, url_prefix="/notices", tag="Notifications")


@routes.get("")
@routes.output(NoticeListSchema)
@routes.doc(summary="What you are told of, and where")
def index() -> dict[str, Any]:
    return {"notices": notices.list_notices(current_actor())}


@routes.get("/topics")
@routes.output(TopicListSchema)
@routes.doc(summary="What one can be told of")
def topics() -> dict[str, Any]:
    return {"topics": [str(topic) for topic in Topic]}


@routes.post("")
@routes.input(NoticeAddSchema, location="json", arg_name="values")
@routes.output(OneNoticeSchema, status_code=201)
@routes.doc(summary="Be told by mail, chat or webhook from now on", responses=[415])
def add(values: dict[str, Any]) -> Any:
    return notices.add_notice(NoticeRequest(**values), owner=current_actor())


@routes.get("/<int:notice_id>")
@routes.output(OneNoticeSchema)
@routes.doc(summary="One thing you are told of", responses=[404])
def one(notice_id: int) -> Any:
    return _tagged(notices.get_notice(notice_id, owner=current_actor()))


@routes.put("/<int:notice_id>")
@routes.input(NoticeChangeSchema, location="json", arg_name="values")
@routes.input(etags.IfMatchSchema, location="headers", arg_name="headers")
@routes.output(OneNoticeSchema)
@routes.doc(summary="Change what you are told of, or where", responses=[404, 415])
def change(notice_id: int, values: dict[str, Any], headers: dict[str, Any]) -> Any:
    asked, tag = NoticeRequest(**values), etags.seen_tag(headers)
    return _tagged(notices.change_notice(notice_id, asked, owner=current_actor(), tag=tag))


@routes.delete("/<int:notice_id>")
@routes.output({}, status_code=204, description="Removed")
@routes.doc(summary="Be told no more", responses=[404])
def remove(notice_id: int) -> tuple[str, int]:
    notices.remove_notice(notice_id, owner=current_actor())
    return "", 204


@routes.post("/<int:notice_id>/test")
@routes.input(NothingSchema, location="json", arg_name="_values")
@routes.output(NoticeTestSchema)
@routes.doc(summary="Send a test message; answers within 10 s how it went", responses=[404, 415])
def test(notice_id: int, _values: dict[str, Any]) -> dict[str, Any]:
    trouble = notices.try_notice(notice_id, owner=current_actor())
    return {"delivered": not trouble, "trouble": trouble}


def _tagged(notice: NoticeRow) -> NoticeRow:
    etags.mark(edit=notice_tag(notice))
    return notice
