"""The queue."""

from __future__ import annotations

from apiflask import Schema, fields

from dashboard.api.schemas.shots import ShotSchema


class RunningChunkSchema(Schema):
    chunk_id = fields.Integer()
    shot_id = fields.Integer()
    shot_name = fields.String()
    node = fields.String()
    priority = fields.Integer()
    frames = fields.String()
    frame_count = fields.Integer()
    over_count = fields.Integer(metadata={"description": "Its frames that are done or failed."})
    since = fields.AwareDateTime(format="iso")
    is_twin = fields.Boolean(metadata={"description": "Whether it races another chunk."})


class InLineSchema(Schema):
    place = fields.Integer(metadata={"description": "1 gets the next slot."})
    shot = fields.Nested(ShotSchema)
    slots = fields.Integer(metadata={"description": "How many it has now."})
    why = fields.String(metadata={"description": "Why it stands before the next one."})
    hindrance = fields.String(metadata={"description": "Why its turn would pass it by now."})


class OutOfLineSchema(Schema):
    shot = fields.Nested(ShotSchema)
    not_before = fields.AwareDateTime(format="iso", allow_none=True)
    after = fields.List(fields.Integer())


class QueueSchema(Schema):
    running = fields.List(fields.Nested(RunningChunkSchema))
    running_total = fields.Integer()
    line = fields.List(fields.Nested(InLineSchema))
    line_total = fields.Integer()
    out = fields.List(fields.Nested(OutOfLineSchema))
    out_total = fields.Integer()
    free_slots = fields.Integer()
    slots = fields.Integer()
    tag = fields.String()


class MoveSchema(Schema):
    shot = fields.Integer(required=True, strict=True)
    above = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        metadata={"description": "The shot that it is to come after."},
    )
    below = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        metadata={"description": "The shot that it is to come before."},
    )
