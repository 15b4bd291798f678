"""What people are told of, and where."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf

from brender_farm.domain.news import Topic

_TOPICS = [topic.value for topic in Topic]


class NoticeSchema(Schema):
    id = fields.Integer()
    address = fields.String(
        metadata={"description": "Scheme and, if that is no secret, host; never in full."}
    )
    service = fields.String()
    topics = fields.List(fields.String(validate=OneOf(_TOPICS)))
    mine_only = fields.Boolean(metadata={"description": "Only shots that you submitted."})
    show = fields.String(metadata={"description": "Only of this show; empty: of all."})
    trouble = fields.String(metadata={"description": "Why the last message was not delivered."})
    told_at = fields.AwareDateTime(format="iso", allow_none=True)


class OneNoticeSchema(NoticeSchema):
    """The same on its own; see OneShotSchema."""


class NoticeListSchema(Schema):
    notices = fields.List(fields.Nested(NoticeSchema))


class NoticeChangeSchema(Schema):
    address = fields.String(
        load_default="",
        validate=Length(max=1000),
        metadata={"description": "As Apprise writes it; left out: it stays as it is."},
    )
    topics = fields.List(fields.String(validate=OneOf(_TOPICS)), required=True)
    mine_only = fields.Boolean(load_default=True)
    show = fields.String(
        load_default=None, allow_none=True, metadata={"description": "A show's name."}
    )


class NoticeAddSchema(NoticeChangeSchema):
    address = fields.String(
        required=True,
        validate=Length(max=1000),
        metadata={"description": "mailtos://user:password@smtp.studio.com?to=mira@studio.com"},
    )


class TopicListSchema(Schema):
    topics = fields.List(fields.String())


class NoticeTestSchema(Schema):
    delivered = fields.Boolean()
    trouble = fields.String(metadata={"description": "Why not; empty: it was."})
