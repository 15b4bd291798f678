"""How each part of the farm is."""

from __future__ import annotations

from apiflask import Schema, fields


class TroubleSchema(Schema):
    part = fields.String()
    message = fields.String()
    remedy = fields.String()
    severe = fields.Boolean(metadata={"description": "Whether rendering stands still for it."})


class QueueLengthSchema(Schema):
    name = fields.String()
    count = fields.Integer()


class BrokerConditionSchema(Schema):
    trouble = fields.String(metadata={"description": "Why it does not answer."})
    address = fields.String(metadata={"description": "Without its password."})
    kind = fields.String()
    version = fields.String()
    ping_s = fields.Float(allow_none=True)
    memory_bytes = fields.Integer()
    memory_limit_bytes = fields.Integer(metadata={"description": "0: none."})
    policy = fields.String()
    is_persistent = fields.Boolean(metadata={"description": "Whether its AOF is on."})
    up_s = fields.Integer()
    clients = fields.Integer()
    reports_waiting = fields.Integer()
    queues = fields.List(
        fields.Nested(QueueLengthSchema),
        metadata={"description": "Of the nodes, where they are not empty."},
    )


class DatabaseConditionSchema(Schema):
    trouble = fields.String()
    kind = fields.String()
    version = fields.String()
    address = fields.String()
    size_bytes = fields.Integer(allow_none=True)
    free_bytes = fields.Integer(allow_none=True)
    revision = fields.String()
    answer_s = fields.Float(allow_none=True)


class RefusedMessagesSchema(Schema):
    who = fields.String()
    why = fields.String()
    count = fields.Integer()


class SchedulerConditionSchema(Schema):
    seen_at = fields.AwareDateTime(format="iso", allow_none=True)
    is_silent = fields.Boolean()
    broker_trouble = fields.String()
    pass_s = fields.Float(
        allow_none=True, metadata={"description": "How long its passes took in the last minute."}
    )
    longest_s = fields.Float(allow_none=True)
    version = fields.String()
    hostname = fields.String()
    started_at = fields.AwareDateTime(format="iso", allow_none=True)
    refusals = fields.List(
        fields.Nested(RefusedMessagesSchema),
        metadata={"description": "Messages that it did not believe in the last minutes."},
    )


class VersionCountSchema(Schema):
    version = fields.String()
    count = fields.Integer()
    nodes = fields.List(fields.String(), metadata={"description": "Some of them."})


class ClockOffSchema(Schema):
    node = fields.String()
    ahead_s = fields.Float()


class NodesConditionSchema(Schema):
    total = fields.Integer()
    online = fields.Integer()
    slots = fields.Integer()
    versions = fields.List(fields.Nested(VersionCountSchema))
    blenders = fields.List(fields.Nested(VersionCountSchema))
    clocks = fields.List(fields.Nested(ClockOffSchema))


class DiskRoomSchema(Schema):
    root = fields.String()
    free_bytes = fields.Integer()
    total_bytes = fields.Integer()


class DisksConditionSchema(Schema):
    rooms = fields.List(fields.Nested(DiskRoomSchema))
    missing = fields.List(fields.String())


class FlowerConditionSchema(Schema):
    answers = fields.Boolean()
    url = fields.String()


class OwnConditionSchema(Schema):
    version = fields.String()
    python = fields.String()
    hostname = fields.String()
    started_at = fields.AwareDateTime(format="iso")


class ConditionSchema(Schema):
    """A part that is null has not answered in time."""

    is_well = fields.Boolean()
    troubles = fields.List(
        fields.Nested(TroubleSchema), metadata={"description": "The worst first."}
    )
    broker = fields.Nested(BrokerConditionSchema, allow_none=True)
    database = fields.Nested(DatabaseConditionSchema, allow_none=True)
    scheduler = fields.Nested(SchedulerConditionSchema, allow_none=True)
    nodes = fields.Nested(NodesConditionSchema, allow_none=True)
    disks = fields.Nested(DisksConditionSchema, allow_none=True)
    flower = fields.Nested(FlowerConditionSchema, allow_none=True)
    dashboard = fields.Nested(OwnConditionSchema)
    looked_at = fields.AwareDateTime(format="iso")
