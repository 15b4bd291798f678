"""What may be asked of a shot or a node."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf

from brender_farm.service.blend_change import Scope
from dashboard.api.schemas.shots import ShotSchema


class AfterSchema(Schema):
    after = fields.List(
        fields.Integer(strict=True),
        load_default=None,
        allow_none=True,
        metadata={"description": "Shots that must be completed before it goes on."},
    )
    after_frames = fields.List(
        fields.Integer(strict=True),
        load_default=None,
        allow_none=True,
        metadata={"description": "Shots of which the same frame must be done before each frame."},
    )


class AdoptSchema(Schema):
    scope = fields.String(
        required=True,
        validate=OneOf([str(scope) for scope in Scope]),
        metadata={"description": "rest: the frames that are not finished; all: every one again."},
    )


class ActionSchema(Schema):
    reason = fields.String(load_default="", validate=Length(max=2000))


class ReasonQuery(Schema):
    reason = fields.String(
        load_default="",
        validate=Length(max=2000),
        metadata={"description": "Kept in the history."},
    )


class NodeActionSchema(ActionSchema):
    kill = fields.Boolean(
        load_default=False,
        metadata={"description": "With disable: stop its frames now; others render them."},
    )


class RerenderSchema(ActionSchema):
    frames = fields.String(
        load_default=None, allow_none=True, metadata={"description": "Notation; null: all."}
    )


class RerenderedSchema(Schema):
    shot = fields.Nested(ShotSchema)
    count = fields.Integer(metadata={"description": "Frames that were put back in line."})


class BanClearingSchema(Schema):
    """Nothing has to be said."""


class NodeBulkSchema(ActionSchema):
    action = fields.String(required=True, validate=OneOf(["enable", "drain", "disable"]))
    ids = fields.List(
        fields.Integer(strict=True), required=True, validate=Length(min=1, max=10_000)
    )


class NodeBulkResultSchema(Schema):
    done = fields.List(fields.String(), metadata={"description": "Nodes that it was done to."})
    refused = fields.List(fields.String(), metadata={"description": "Why not, of each other."})
