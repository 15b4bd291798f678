"""The farm as a whole: in one line, on one page, over days."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import OneOf, Range

from dashboard.api.schemas.shots import ShotSchema
from dashboard.api.waiting import WaitQuery

SPANS = (7, 30, 90)


class GlanceSchema(Schema):
    nodes_online = fields.Integer()
    nodes_total = fields.Integer()
    slots_busy = fields.Integer()
    slots_total = fields.Integer()
    shots_active = fields.Integer()
    scheduler_seen_at = fields.AwareDateTime(format="iso", allow_none=True)
    scheduler_silent = fields.Boolean()
    broker_trouble = fields.String(metadata={"description": "Of the scheduler; empty: none."})


class WorkSchema(Schema):
    key = fields.String(
        metadata={"description": "A name; for an hour or a day when it began, in ISO 8601."}
    )
    done_count = fields.Integer()
    failed_count = fields.Integer(metadata={"description": "Tries that failed."})
    seconds = fields.Float(metadata={"description": "Of rendering, over all slots."})


class NewestFrameSchema(Schema):
    shot_id = fields.Integer()
    shot_name = fields.String()
    frame = fields.Integer()
    node = fields.String()
    tag = fields.String()
    at = fields.AwareDateTime(format="iso")


class OverviewQuery(WaitQuery):
    """It can be waited for: it changes when a shot does."""


class OverviewSchema(Schema):
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    newest = fields.List(
        fields.Nested(NewestFrameSchema), attribute="strip", metadata={"description": "12 at most."}
    )
    rendering = fields.List(fields.Nested(ShotSchema))
    troubled = fields.List(
        fields.Nested(ShotSchema),
        metadata={"description": "Paused by the farm, or failed since yesterday."},
    )
    stuck_count = fields.Integer()
    hours = fields.List(
        fields.Nested(WorkSchema), metadata={"description": "The last 24, oldest first."}
    )
    slot_count = fields.Integer()
    queue_left_s = fields.Float(allow_none=True)
    tag = fields.String()


class StatisticsQuery(Schema):
    days = fields.Integer(load_default=SPANS[0], validate=OneOf(SPANS))
    show = fields.Integer(
        load_default=None,
        validate=Range(min=1, max=2**53),
        metadata={"description": "Only of this show."},
    )


class StatisticsSchema(Schema):
    days = fields.List(fields.Nested(WorkSchema), metadata={"description": "In UTC."})
    submitters = fields.List(fields.Nested(WorkSchema))
    nodes = fields.List(fields.Nested(WorkSchema))
    shows = fields.List(fields.Nested(WorkSchema))
    total = fields.Nested(WorkSchema)


class MeSchema(Schema):
    name = fields.String()
    role = fields.String()
    scope = fields.String(
        allow_none=True, metadata={"description": "Of the token; null: not by a token."}
    )
    rights = fields.List(fields.String(), metadata={"description": "What may be done now."})
    is_local = fields.Boolean(
        metadata={"description": "The farm has no users: it asks nobody on its own machine."}
    )


class SubmitterListSchema(Schema):
    submitters = fields.List(fields.String(), metadata={"description": "Of known shots, by name."})
