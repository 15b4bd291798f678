"""Shots, alone and in lists."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, Range

from brender_farm.domain.states import ShotState
from dashboard.api.cursors import CursorQuery, NextSchema
from dashboard.api.schemas.audit import AuditSchema
from dashboard.api.schemas.filters import ShotFilterSchema
from dashboard.api.schemas.why import ReasonSchema
from dashboard.api.schemas.words import state_of
from dashboard.api.waiting import WaitQuery


class ShotSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    state = state_of(*ShotState)
    reason = fields.String()
    is_halted = fields.Boolean(
        metadata={"description": "The farm paused it by itself: it waits for somebody."}
    )
    priority = fields.Integer()
    submitter = fields.String()
    frame_count = fields.Integer()
    done_count = fields.Integer()
    failed_count = fields.Integer()
    rendering_count = fields.Integer()
    pending_count = fields.Integer()
    progress = fields.Float(metadata={"description": "Share of frames that are done, 0 to 1."})
    seconds_per_frame = fields.Float(allow_none=True)
    time_left_s = fields.Float(
        allow_none=True,
        metadata={"description": "By playing the planner forward; null: it cannot be told."},
    )
    time_left_low_s = fields.Float(allow_none=True)
    time_left_high_s = fields.Float(allow_none=True)
    created_at = fields.AwareDateTime(format="iso")
    started_at = fields.AwareDateTime(format="iso", allow_none=True)
    finished_at = fields.AwareDateTime(format="iso", allow_none=True)
    show_id = fields.Integer(allow_none=True)
    show = fields.String(metadata={"description": "The name of its show; empty: of none."})
    archived = fields.Boolean(metadata={"description": "It is out of the list and its counts."})
    actions = fields.List(fields.String())
    offers = fields.List(
        fields.String(), metadata={"description": "What else may be asked for now."}
    )


class OneShotSchema(ShotSchema):
    """The same on its own. A class of its own, since the OpenAPI writer registers a class once."""


class BanSchema(Schema):
    node = fields.String()
    why = fields.String()


class EarlierShotSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    state = state_of(*ShotState)
    by_frame = fields.Boolean(metadata={"description": "Frame n waits for frame n of it only."})


class RenderChangesSchema(Schema):
    """What a shot changes about how its scene is rendered; what is not there stays as it is."""

    engine = fields.String()
    percentage = fields.Integer()
    samples = fields.Integer()
    denoise = fields.Boolean()
    camera = fields.String()
    view_layers = fields.List(fields.String())
    color_depth = fields.String()
    quality = fields.Integer()
    compression = fields.Integer()
    exr_codec = fields.String()


class ShotDetailSchema(ShotSchema):
    blend = fields.String()
    blend_version = fields.String()
    blend_digest = fields.String(metadata={"description": "BLAKE2b of the .blend, 20 bytes."})
    blend_changed = fields.Boolean(
        metadata={"description": "A node found another file: adopt it, or put the old one back."}
    )
    snapshot = fields.Boolean()
    source_blend = fields.String(
        allow_none=True, metadata={"description": "What a snapshot was made from."}
    )
    scene = fields.String()
    frames = fields.String()
    format = fields.String()
    width = fields.Integer(metadata={"description": "Of the finished picture."})
    height = fields.Integer()
    size_given = fields.Boolean(
        metadata={"description": "Width and height were asked for, or are what the scene says."}
    )
    render = fields.Nested(RenderChangesSchema)
    notes = fields.String()
    chunk_size = fields.Integer(allow_none=True, metadata={"description": "null: automatic"})
    frame_limit_s = fields.Float(allow_none=True)
    memory_limit_bytes = fields.Integer(allow_none=True)
    tags = fields.List(fields.String())
    not_tags = fields.List(fields.String())
    min_memory_bytes = fields.Integer()
    max_nodes = fields.Integer(allow_none=True)
    pool = fields.String()
    blender = fields.String()
    device = fields.String()
    limit_names = fields.List(fields.String())
    after = fields.List(
        fields.Nested(EarlierShotSchema),
        metadata={"description": "The shots it comes after, whether they are finished or not."},
    )
    not_before = fields.AwareDateTime(format="iso", allow_none=True)
    race = fields.Boolean()
    held_count = fields.Integer(
        metadata={"description": "Pending frames that wait for the same frame of another shot."}
    )
    ended_chunks = fields.Integer()
    opened_scenes = fields.Integer(
        metadata={"description": "For how many ended chunks the scene had to be opened."}
    )
    existing = fields.String()
    output_dir = fields.String()
    padding = fields.Integer(metadata={"description": "Digits of the number in a file's name."})
    file_prefix = fields.String(metadata={"description": "What stands before that number."})
    warnings = fields.List(fields.String())
    waiting = fields.String(metadata={"description": "The weightiest of the reasons."})
    reasons = fields.List(
        fields.Nested(ReasonSchema), metadata={"description": "Why it gets no more than it has."}
    )
    bans = fields.List(fields.Nested(BanSchema))
    log_tail = fields.String(
        metadata={"description": "Blender's last lines at the frame that gave up last."}
    )
    edit_tag = fields.String(
        metadata={"description": "Changes with every setting that people change: see If-Match."}
    )
    tag = fields.String(metadata={"description": "Changes when anything of it does: see wait."})
    audit = fields.Nested(
        AuditSchema, allow_none=True, metadata={"description": "The last one's result."}
    )


class ShotListSchema(NextSchema):
    shots = fields.List(fields.Nested(ShotSchema))
    total = fields.Integer()
    page = fields.Integer()
    size = fields.Integer()
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "By state, of those that match in all but their state."},
    )
    archived_count = fields.Integer(
        metadata={"description": "Shots that are put away, whatever the filter."}
    )
    tag = fields.String()
    queue_left_s = fields.Float(
        allow_none=True, metadata={"description": "Until all shots of the farm are done."}
    )
    queue_left_low_s = fields.Float(allow_none=True)
    queue_left_high_s = fields.Float(allow_none=True)
    untold_count = fields.Integer(
        metadata={"description": "Shots with frames to go whose time left cannot be told."}
    )


class ShotListQuery(ShotFilterSchema, CursorQuery, WaitQuery):
    sort = fields.String(load_default="-id", validate=Length(max=40))
    page = fields.Integer(load_default=1, validate=Range(min=1, max=10**9))
    size = fields.Integer(load_default=50, validate=Range(min=1, max=200))
