"""Limits and shares."""

from __future__ import annotations

from apiflask import Schema, fields


class LimitSchema(Schema):
    name = fields.String()
    slots = fields.Integer(metadata={"description": "How many chunks may have it at a time."})
    used = fields.Integer()
    shot_count = fields.Integer(metadata={"description": "Unfinished shots that name it."})


class OneLimitSchema(LimitSchema):
    """The same on its own; see OneShotSchema."""


class LimitListSchema(Schema):
    limits = fields.List(fields.Nested(LimitSchema))


class LimitSetSchema(Schema):
    slots = fields.Integer(required=True, strict=True)


class ShareSchema(Schema):
    submitter = fields.String()
    weight = fields.Float()
    is_set = fields.Boolean(metadata={"description": "Or it is everybody's 1."})
    slots = fields.Integer(metadata={"description": "Slots that their shots have now."})
    shot_count = fields.Integer(metadata={"description": "Their unfinished shots."})


class OneShareSchema(ShareSchema):
    """The same on its own; see OneShotSchema."""


class ShareListSchema(Schema):
    shares = fields.List(fields.Nested(ShareSchema))


class ShareSetSchema(Schema):
    weight = fields.Float(required=True)
