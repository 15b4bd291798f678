"""Nodes."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf, Range

from brender_farm.domain.standing import Standing
from brender_farm.domain.states import NodeIntent
from brender_farm.service.node_history import SPANS
from dashboard.api.cursors import CursorQuery, NextSchema
from dashboard.api.schemas.events import ShotEventSchema
from dashboard.api.schemas.farm import NewestFrameSchema, WorkSchema
from dashboard.api.schemas.words import state_of
from dashboard.api.waiting import WaitQuery

NODE_COLUMNS = ("name", "state", "slots", "cpu", "memory", "gpu", "frames", "failed", "seen")
"""What nodes are sorted by."""


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


class NodeListQuery(CursorQuery, WaitQuery):
    search = fields.String(
        load_default="",
        validate=Length(max=200),
        metadata={"description": "Words of its name, host, system, pool and tags."},
    )
    state = fields.String(load_default=None, validate=OneOf([str(each) for each in Standing]))
    pool = fields.String(
        load_default=None,
        validate=Length(max=100),
        metadata={"description": "Nodes of this pool; empty: of none."},
    )
    tagged = fields.String(
        load_default="",
        validate=Length(max=100),
        metadata={"description": "Nodes with this tag. (`tag` is that of the answer.)"},
    )
    system = fields.String(
        load_default="",
        validate=Length(max=100),
        metadata={"description": "The first word of what it says of its system, such as Linux."},
    )
    sort = fields.String(
        load_default="name",
        validate=OneOf([sign + column for column in NODE_COLUMNS for sign in ("", "-")]),
        metadata={"description": "`-` before it: descending. Cursors are for `name` alone."},
    )
    limit = fields.Integer(load_default=100, validate=Range(min=1, max=1000))
    page = fields.Integer(load_default=1, validate=Range(min=1, max=10**9))


class NodeListSchema(NextSchema):
    nodes = fields.List(fields.Nested(NodeSchema))
    total = fields.Integer(metadata={"description": "Nodes that match."})
    all_count = fields.Integer(metadata={"description": "Nodes that the farm knows."})
    online_count = fields.Integer()
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "By state, of those that match in all but their state."},
    )
    pools = fields.List(fields.String(), metadata={"description": "Empty: nodes of none."})
    tags = fields.List(fields.String())
    systems = fields.List(fields.String())
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


class NodeEventQuery(CursorQuery):
    limit = fields.Integer(load_default=100, validate=Range(min=1, max=1000))


class NodeEventsSchema(NextSchema):
    events = fields.List(fields.Nested(ShotEventSchema))


class NodeDoneSchema(Schema):
    hours = fields.List(
        fields.Nested(WorkSchema), metadata={"description": "The last 24, oldest first."}
    )
    frames_per_hour = fields.Float(metadata={"description": "Over the last three hours."})
    newest = fields.List(fields.Nested(NewestFrameSchema))
