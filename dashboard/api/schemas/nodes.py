"""Nodes."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf

from brender_farm.domain.standing import Standing
from brender_farm.domain.states import NodeIntent
from brender_farm.service.node_history import SPANS
from dashboard.api.schemas.words import state_of


class NodeSampleSchema(Schema):
    cpu_pct = fields.Float(allow_none=True)
    load_1 = fields.Float(allow_none=True)
    memory_used_bytes = fields.Integer(allow_none=True)
    memory_total_bytes = fields.Integer(allow_none=True)
    swap_used_bytes = fields.Integer(allow_none=True)
    disk_free_bytes = fields.Integer(allow_none=True)
    disk_total_bytes = fields.Integer(allow_none=True)
    net_in_bps = fields.Float(allow_none=True, metadata={"description": "Bytes a second."})
    net_out_bps = fields.Float(allow_none=True, metadata={"description": "Bytes a second."})
    temperature_c = fields.Float(
        allow_none=True, metadata={"description": "Of the processor's hottest sensor."}
    )
    gpu_pct = fields.Float(
        allow_none=True, metadata={"description": "Of the busiest graphics card."}
    )
    gpu_memory_used_bytes = fields.Integer(allow_none=True)
    gpu_memory_total_bytes = fields.Integer(allow_none=True)
    gpu_temperature_c = fields.Float(allow_none=True)


class NodeWorkSchema(Schema):
    chunk_id = fields.Integer()
    shot_id = fields.Integer()
    shot_name = fields.String()
    frames = fields.String()
    frame = fields.Integer(allow_none=True)
    frame_s = fields.Float(
        allow_none=True, metadata={"description": "For how long it has been at this frame."}
    )
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
    standing = state_of(*Standing)
    tags = fields.List(
        fields.String(),
        metadata={"description": "Those that people gave it, or else its own."},
    )
    own_tags = fields.List(fields.String())
    has_given_tags = fields.Boolean()
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
    warm = fields.List(
        fields.String(), metadata={"description": "The .blend files that its Blenders have open."}
    )
    restart_asked_at = fields.AwareDateTime(format="iso", allow_none=True)
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


class TagsSchema(Schema):
    tags = fields.List(
        fields.String(validate=Length(max=40)),
        required=True,
        allow_none=True,
        validate=Length(max=100),
        metadata={"description": "They count instead of its own; null: its own again."},
    )


class NodeRestartSchema(Schema):
    """Nothing has to be said."""


class NodeHistoryQuery(Schema):
    span = fields.String(load_default="hour", validate=OneOf(list(SPANS)))


class NodeStepSchema(Schema):
    """Means over one step; all null where the node told nothing."""

    at = fields.AwareDateTime(format="iso", metadata={"description": "The middle of the step."})
    cpu_pct = fields.Float(allow_none=True)
    load_1 = fields.Float(allow_none=True)
    memory_used_bytes = fields.Integer(allow_none=True)
    disk_free_bytes = fields.Integer(allow_none=True)
    net_in_bps = fields.Float(allow_none=True)
    net_out_bps = fields.Float(allow_none=True)
    temperature_c = fields.Float(allow_none=True)
    gpu_pct = fields.Float(allow_none=True)
    gpu_memory_used_bytes = fields.Integer(allow_none=True)
    busy_slots = fields.Float(allow_none=True)


class NodeHistorySchema(Schema):
    steps = fields.List(fields.Nested(NodeStepSchema))
    step_s = fields.Integer()
    slots = fields.Integer()
    memory_bytes = fields.Integer()
