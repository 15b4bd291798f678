"""What can be taken along of a shot, and what its frames took."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf

from dashboard.api.schemas.frames import ChunkSchema, FrameSchema


class OneChunkSchema(ChunkSchema):
    """The same on its own; see OneShotSchema."""


class OneFrameSchema(FrameSchema):
    file_url = fields.String(
        allow_none=True, metadata={"description": "Of its picture as it was rendered."}
    )
    picture_url = fields.String(
        allow_none=True, metadata={"description": "Of a JPEG of it, 1600 pixels wide at most."}
    )


class DownloadSchema(Schema):
    picture_count = fields.Integer()
    picture_bytes = fields.Integer()
    has_more = fields.Boolean(metadata={"description": "Files were published beside pictures."})
    zip_url = fields.String()
    film_url = fields.String()


class ZipQuery(Schema):
    frames = fields.String(
        load_default="",
        validate=Length(max=2000),
        metadata={"description": "Notation, such as `1-24`; empty: all that are finished."},
    )
    files = fields.String(
        load_default="",
        validate=OneOf(["", "all"]),
        metadata={"description": "all: with what was published beside the pictures."},
    )


class FigurePointSchema(Schema):
    frame = fields.Integer()
    value = fields.Float(allow_none=True, metadata={"description": "Seconds, or bytes."})
    node = fields.String(allow_none=True)
    failed_tries = fields.Integer()


class FigureStepSchema(Schema):
    frame = fields.Integer(metadata={"description": "The first of `step_width` numbers."})
    median = fields.Float(allow_none=True)
    most = fields.Float(allow_none=True)
    failed_tries = fields.Integer()


class FiguresSchema(Schema):
    points = fields.List(fields.Nested(FigurePointSchema), metadata={"description": "To 2,000."})
    steps = fields.List(fields.Nested(FigureStepSchema), metadata={"description": "Beyond."})
    step_width = fields.Integer()
