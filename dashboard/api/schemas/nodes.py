"""Nodes."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length

from brender_farm.domain.states import NodeIntent
from dashboard.api.schemas.words import state_of


class NodeSampleSchema(Schema):
    cpu_pct = fields.Float(allow_none=True)
    load_1 = fields.Float(allow_none=True)
    memory_used_bytes = fields.Integer(allow_none=True)
    memory_total_bytes = fields.Integer(allow_none=True)
    swap_used_bytes = fields.Integer(allow_none=True)
    disk_free_bytes = fields.Integer(allow_none=True)
    disk_total_bytes = fields.Integer(allow_none=True)


class NodeWorkSchema(Schema):
    chunk_id = fields.Integer()
    shot_id = fields.Integer()
    shot_name = fields.String()
    frames = fields.String()
    frame = fields.Integer(allow_none=True)
    done_count = fields.Integer()
    frame_count = fields.Integer()
    sample = fields.Integer(allow_none=True)
    sample_count = fields.Integer(allow_none=True)


class UnwellFolderSchema(Schema):
    folder = fields.String()
    reason = fields.String()


class NodeSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    intent = state_of(*NodeIntent)
    reason = fields.String()
    online = fields.Boolean()
    slots = fields.Integer()
    work = fields.List(fields.Nested(NodeWorkSchema))
    sample = fields.Nested(NodeSampleSchema)
    hostname = fields.String()
    os = fields.String()
    cpu_count = fields.Integer()
    blender_versions = fields.List(fields.String())
    gpus = fields.List(
        fields.String(),
        metadata={"description": "The graphics cards that Cycles can render on, by name."},
    )
    tags = fields.List(fields.String())
    pool = fields.String(
        metadata={"description": "It renders only what asks for this pool; empty: for none."}
    )
    trouble = fields.String()
    unwell = fields.List(
        fields.Nested(UnwellFolderSchema),
        metadata={"description": "Output folders that it cannot write to now."},
    )
    is_sick = fields.Boolean(
        metadata={"description": "The farm took it out: it fails what others can render."}
    )
    hours = fields.String(
        metadata={"description": "When it takes new work, by the farm's clock; empty: always."}
    )
    out_of_hours = fields.Boolean()
    opens_at = fields.AwareDateTime(
        format="iso",
        allow_none=True,
        metadata={"description": "When it takes new work again; null: not outside its hours."},
    )
    first_seen_at = fields.AwareDateTime(format="iso")
    last_seen_at = fields.AwareDateTime(format="iso")
    actions = fields.List(fields.String())


class OneNodeSchema(NodeSchema):
    """The same on its own; see OneShotSchema."""


class NodeListSchema(Schema):
    nodes = fields.List(fields.Nested(NodeSchema))
    tag = fields.String()


class HoursSchema(Schema):
    hours = fields.String(
        required=True,
        validate=Length(max=2000),
        metadata={"description": "`mon-fri 19:00-08:00, sat-sun`, or `always`."},
    )
