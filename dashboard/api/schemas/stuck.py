"""Frames that take far longer than they should, and frames that failed."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Range

from dashboard.api.cursors import CursorQuery, NextSchema
from dashboard.api.schemas.actions import ActionSchema
from dashboard.api.schemas.shots import ShotSchema


class StuckFrameSchema(Schema):
    shot_id = fields.Integer()
    shot_name = fields.String()
    submitter = fields.String()
    frame = fields.Integer()
    chunk_id = fields.Integer()
    node_id = fields.Integer()
    node = fields.String()
    since = fields.AwareDateTime(format="iso")
    frame_s = fields.Float(metadata={"description": "For how long it has been rendering."})
    usual_s = fields.Float(
        metadata={"description": "What the shot's frames usually take on this node."}
    )
    sample = fields.Integer(allow_none=True)
    sample_count = fields.Integer(allow_none=True)
    last_line = fields.String(
        attribute="words.last_line", metadata={"description": "Of its log; empty: not reachable."}
    )
    errors = fields.List(
        fields.String(),
        attribute="words.errors",
        metadata={"description": "The last lines of its log that tell of trouble."},
    )
    meaning = fields.String(
        attribute="words.explanation.meaning",
        metadata={"description": "Of the newest of these that is known; else left out."},
    )
    remedy = fields.String(attribute="words.explanation.remedy")
    actions = fields.List(fields.String())


class SlowFrameSchema(Schema):
    shot_id = fields.Integer()
    shot_name = fields.String()
    submitter = fields.String()
    frame = fields.Integer()
    chunk_id = fields.Integer()
    node = fields.String()
    seconds = fields.Float()
    usual_s = fields.Float(
        metadata={"description": "What the frames beside it would take on this node."}
    )
    at = fields.AwareDateTime(format="iso")
    may_rerender = fields.Boolean()


class FailureSchema(Schema):
    shot_id = fields.Integer()
    shot_name = fields.String()
    submitter = fields.String()
    frame = fields.Integer()
    gave_up = fields.Boolean(metadata={"description": "Or it waits for another try."})
    tries = fields.Integer()
    node = fields.String(metadata={"description": "Where it failed last."})
    chunk_id = fields.Integer(allow_none=True)
    reason = fields.String()
    last_line = fields.String()
    errors = fields.List(fields.String())
    meaning = fields.String(attribute="explanation.meaning")
    remedy = fields.String(attribute="explanation.remedy")
    actions = fields.List(fields.String())
    at = fields.AwareDateTime(format="iso")


class FailureQuery(CursorQuery):
    limit = fields.Integer(load_default=200, validate=Range(min=1, max=1000))
    node = fields.Integer(
        load_default=None,
        validate=Range(min=1, max=2**53),
        metadata={"description": "Only those that failed last on this node, by its id."},
    )


class FailureListSchema(NextSchema):
    failures = fields.List(fields.Nested(FailureSchema), metadata={"description": "Newest first."})
    total = fields.Integer(metadata={"description": "Frames that gave up, on the whole farm."})


class StuckListSchema(Schema):
    stuck = fields.List(fields.Nested(StuckFrameSchema))
    slow = fields.List(
        fields.Nested(SlowFrameSchema),
        metadata={"description": "Finished ones that took far longer than their neighbours."},
    )
    factor = fields.Float(metadata={"description": "The setting slow_factor."})


class ElsewhereSchema(ActionSchema):
    frame = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=Range(min=0, max=1_048_574),
        metadata={"description": "The frame to take away; null: the one its node is at."},
    )


class MovedSchema(Schema):
    shot = fields.Nested(ShotSchema)
    frame = fields.Integer()
    node = fields.String(metadata={"description": "The node that it keeps away from now."})
    has_others = fields.Boolean(
        metadata={"description": "Whether other nodes take work now; else it may come back."}
    )
