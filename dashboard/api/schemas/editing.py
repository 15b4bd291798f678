"""Changing a shot, submitting it again, and asking what a submission would become."""

from __future__ import annotations

from apiflask import Schema, fields

from dashboard.api.schemas.submitting import SubmitSchema
from dashboard.api.schemas.why import ReasonSchema

_NOTHING = "null and empty text: nothing is asked for."


class ShotChangeSchema(Schema):
    """What is to be changed; what is not there stays as it is."""

    name = fields.String()
    frames = fields.String(
        metadata={"description": "All frames, in notation. Finished ones cannot be left out."}
    )
    first = fields.String(metadata={"description": "Frames to render first: `x10`, `ends`, …"})
    priority = fields.Integer(strict=True)
    chunk_size = fields.Raw(
        metadata={"description": "Frames per chunk, or auto.", "type": ["integer", "string"]}
    )
    camera = fields.String(allow_none=True, metadata={"description": _NOTHING})
    view_layers = fields.List(fields.String(), allow_none=True)
    engine = fields.String(allow_none=True)
    samples = fields.Integer(allow_none=True, strict=True)
    denoise = fields.Boolean(allow_none=True)
    percentage = fields.Integer(allow_none=True, strict=True)
    color_depth = fields.String(allow_none=True)
    quality = fields.Integer(allow_none=True, strict=True)
    compression = fields.Integer(allow_none=True, strict=True)
    exr_codec = fields.String(allow_none=True)
    pool = fields.String(allow_none=True)
    tags = fields.String(allow_none=True, metadata={"description": "Such as `gpu, !slow`."})
    min_memory_gb = fields.Float(allow_none=True)
    max_nodes = fields.Integer(allow_none=True, strict=True)
    limits = fields.String(allow_none=True)
    blender = fields.String(allow_none=True)
    device = fields.String(allow_none=True)
    frame_limit_s = fields.Float(allow_none=True)
    memory_limit_gb = fields.Float(allow_none=True)
    race = fields.Boolean()
    after = fields.List(fields.Integer(strict=True), allow_none=True)
    after_frames = fields.List(fields.Integer(strict=True), allow_none=True)
    not_before = fields.String(allow_none=True, metadata={"description": "ISO 8601."})
    notes = fields.String(allow_none=True)
    again = fields.Boolean(
        metadata={"description": "Render all frames again, finished ones among them."}
    )


class CloneSchema(SubmitSchema):
    """What is to be other than in the shot that is submitted again; the rest is as there."""


class OutlookQuestionSchema(SubmitSchema):
    """A submission, of which nothing is stored."""


class PaceSchema(Schema):
    shot_id = fields.Integer()
    name = fields.String()
    seconds = fields.Float(metadata={"description": "A frame, for as many pixels as asked for."})
    is_same_scene = fields.Boolean()
    is_scaled = fields.Boolean(metadata={"description": "Its pictures had another size."})


class OutlookSchema(Schema):
    frames = fields.String()
    frame_count = fields.Integer()
    chunk_count = fields.Integer(allow_none=True, metadata={"description": "null: automatic."})
    width = fields.Integer()
    height = fields.Integer()
    format = fields.String()
    output_dir = fields.String()
    look = fields.List(fields.String())
    warnings = fields.List(fields.String())
    node_count = fields.Integer(
        metadata={"description": "Nodes that could render it and take work now."}
    )
    slot_count = fields.Integer()
    unfit = fields.List(
        fields.Nested(ReasonSchema), metadata={"description": "Why there is none of them."}
    )
    pace = fields.Nested(
        PaceSchema,
        allow_none=True,
        metadata={"description": "What frames like these took; null: none was rendered yet."},
    )
    time_s = fields.Float(
        allow_none=True,
        metadata={"description": "From its first chunk to its end, with all those nodes."},
    )
    time_low_s = fields.Float(allow_none=True)
    time_high_s = fields.Float(allow_none=True)
    frames_before = fields.Integer(
        metadata={"description": "In line, of shots of the same or a higher priority."}
    )
