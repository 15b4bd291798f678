"""Who did what."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf, Range

from brender_farm.service.events import SUBJECTS
from dashboard.api.cursors import CursorQuery, NextSchema
from dashboard.api.waiting import WaitQuery


class EventQuery(CursorQuery, WaitQuery):
    subject = fields.String(load_default="", validate=OneOf(["", *SUBJECTS]))
    actor = fields.String(load_default="", validate=Length(max=100))
    search = fields.String(load_default="", validate=Length(max=200))
    before = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=Range(min=1, max=2**53),
        metadata={"description": "Only those older than this event: `older` of the page before."},
    )
    limit = fields.Integer(load_default=100, validate=Range(min=1, max=1000))


class ShotEventSchema(Schema):
    id = fields.Integer()
    at = fields.AwareDateTime(format="iso")
    actor = fields.String()
    subject = fields.String()
    subject_id = fields.Integer()
    from_state = fields.String()
    to_state = fields.String()
    reason = fields.String()


class EventSchema(ShotEventSchema):
    name = fields.String(metadata={"description": "What the shot or node is called now."})


class ShotEventsSchema(NextSchema):
    events = fields.List(fields.Nested(ShotEventSchema))


class EventListSchema(NextSchema):
    tag = fields.String()
    events = fields.List(fields.Nested(EventSchema))
    older = fields.Integer(
        allow_none=True, metadata={"description": "The next page's `before`; null: no more."}
    )
