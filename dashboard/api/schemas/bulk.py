"""One action over many shots."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf

from brender_farm.service.bulk import BULK_ACTIONS, MAX_SHOTS
from dashboard.api.schemas.filters import ShotFilterSchema


class BulkSchema(Schema):
    action = fields.String(required=True, validate=OneOf(BULK_ACTIONS))
    ids = fields.List(
        fields.Integer(strict=True), load_default=list, validate=Length(max=MAX_SHOTS)
    )
    filter = fields.Nested(
        ShotFilterSchema,
        load_default=None,
        allow_none=True,
        metadata={"description": "All shots that match now, beside those that are named."},
    )
    priority = fields.Integer(
        load_default=None, allow_none=True, metadata={"description": "With priority: the new one."}
    )
    reason = fields.String(load_default="", validate=Length(max=2000))


class SurveyAskSchema(Schema):
    action = fields.String(required=True, validate=OneOf(BULK_ACTIONS))
    ids = fields.List(fields.Integer(strict=True), required=True, validate=Length(max=MAX_SHOTS))


class SurveySchema(Schema):
    ids = fields.List(fields.Integer(), metadata={"description": "Those that are there."})
    possible_count = fields.Integer(
        metadata={"description": "Shots whose state allows it now; the rest is about these."}
    )
    names = fields.List(fields.String(), metadata={"description": "The first of them."})
    frame_count = fields.Integer()
    done_count = fields.Integer()
    pending_count = fields.Integer()
    rendering_count = fields.Integer()


class RefusalSchema(Schema):
    shot_id = fields.Integer()
    name = fields.String()
    why = fields.String()


class BulkResultSchema(Schema):
    action = fields.String()
    done = fields.List(fields.Integer(), metadata={"description": "Shots that it was done to."})
    refused = fields.List(fields.Nested(RefusalSchema))
