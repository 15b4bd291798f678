"""Submitting a shot."""

from __future__ import annotations

from apiflask import Schema, fields

from brender_farm.service.requests import Existing
from dashboard.api.schemas.shots import ShotSchema


class SubmitSchema(Schema):
    blend = fields.String(required=True, metadata={"description": "Full path of the .blend."})
    frames = fields.String(load_default=None, allow_none=True)
    name = fields.String(load_default=None, allow_none=True)
    output = fields.String(load_default=None, allow_none=True)
    priority = fields.Integer(load_default=50, strict=True)
    chunk_size = fields.Raw(
        load_default="auto",
        metadata={"description": "Frames per chunk, or auto.", "type": ["integer", "string"]},
    )
    format = fields.String(load_default=None, allow_none=True)
    scene = fields.String(load_default=None, allow_none=True)
    width = fields.Integer(load_default=None, allow_none=True, strict=True)
    height = fields.Integer(load_default=None, allow_none=True, strict=True)
    existing = fields.String(load_default=str(Existing.NEW_VERSION))
    snapshot = fields.Boolean(
        load_default=False,
        metadata={"description": "Render from a copy of the .blend, made now beside it."},
    )
    frame_limit_s = fields.Float(
        load_default=None,
        allow_none=True,
        metadata={"description": "Seconds that one frame may take; null: no limit."},
    )
    memory_limit_gb = fields.Float(
        load_default=None,
        allow_none=True,
        metadata={"description": "GB (10⁹ bytes) that Blender may take; null: no limit."},
    )
    tags = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Tags that a node must have, such as `gpu, !slow` (! not)."},
    )
    min_memory_gb = fields.Float(
        load_default=None,
        allow_none=True,
        metadata={"description": "GB (10⁹ bytes) that a node must have; null: any."},
    )
    max_nodes = fields.Integer(
        load_default=None,
        allow_none=True,
        metadata={"description": "On how many nodes it may be at a time; null: any number."},
    )
    pool = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Whose nodes are to render it; null: those in no pool."},
    )
    blender = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "`4.5.15`, `4.5` or `any`; null: what saved the file, or newer."},
    )
    device = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "`gpu` or `cpu`; null: as the scene says."},
    )
    limits = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Farm-wide limits that it takes part in."},
    )
    first = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Frames to render first: `x10`, `ends` or notation."},
    )
    after = fields.List(
        fields.Integer(strict=True),
        load_default=None,
        allow_none=True,
        metadata={"description": "Shots that must be completed before it starts."},
    )
    after_frames = fields.List(
        fields.Integer(strict=True),
        load_default=None,
        allow_none=True,
        metadata={"description": "Shots of which the same frame must be done before each frame."},
    )
    not_before = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "ISO 8601: when it may start."},
    )
    race = fields.Boolean(
        load_default=False,
        metadata={"description": "Render its last frames twice on slots that would idle."},
    )
    preset = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Fills in the size, the format and what follows here, where they are "
            "null; null: the show's preset; `none`: no preset."
        },
    )
    engine = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "`CYCLES`, `EEVEE` or `WORKBENCH`; null: as the scene says."},
    )
    percentage = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        metadata={"description": "Of width and height, or of the scene's resolution."},
    )
    samples = fields.Integer(load_default=None, allow_none=True, strict=True)
    denoise = fields.Boolean(load_default=None, allow_none=True)
    camera = fields.String(load_default=None, allow_none=True)
    view_layers = fields.List(
        fields.String(),
        load_default=None,
        allow_none=True,
        metadata={"description": "The only ones to render; null: as the scene says."},
    )
    color_depth = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Bits a channel: 8 or 16, for EXR 16 or 32."},
    )
    quality = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        metadata={"description": "1 to 100: of JPEG, WEBP, and EXR with DWAA or DWAB."},
    )
    compression = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        metadata={"description": "0 to 100: of PNG."},
    )
    exr_codec = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "`ZIP`, `PIZ`, `DWAA`, …, `NONE`."},
    )
    notes = fields.String(
        load_default=None, allow_none=True, metadata={"description": "A few words for people."}
    )
    show = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The show it is of, by name; null: the one whose root holds the "
            ".blend; `none`: no show."
        },
    )
    strict = fields.Boolean(load_default=False)


class SubmittedSchema(Schema):
    shot = fields.Nested(ShotSchema)
    output_dir = fields.String()
    warnings = fields.List(fields.String())
    url = fields.String()
