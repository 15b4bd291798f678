"""Films, and what frames were before."""

from __future__ import annotations

from apiflask import Schema, fields


class EarlierPictureSchema(Schema):
    tag = fields.String()
    node = fields.String(allow_none=True)
    chunk_id = fields.Integer(allow_none=True)
    seconds = fields.Float(allow_none=True)
    byte_count = fields.Integer(allow_none=True)
    peak_bytes = fields.Integer(allow_none=True)
    replaced_at = fields.AwareDateTime(format="iso")
    preview_url = fields.String(
        metadata={"description": "What was kept of it: a JPEG, or a placeholder."}
    )


class EarlierPicturesSchema(Schema):
    versions = fields.List(fields.Nested(EarlierPictureSchema))


class FilmWishSchema(Schema):
    """Nothing has to be said."""


class FilmProgressSchema(Schema):
    done = fields.Integer()
    total = fields.Integer()


class FilmFactsSchema(Schema):
    made_at = fields.AwareDateTime(format="iso")
    fps = fields.Float()
    width = fields.Integer()
    height = fields.Integer()
    frame_count = fields.Integer()
    gap_count = fields.Integer(
        metadata={"description": "Frames that were not there: striped cards stand for them."}
    )
    byte_count = fields.Integer()
    length_s = fields.Float()


class FilmSchema(Schema):
    film = fields.Nested(
        FilmFactsSchema, allow_none=True, metadata={"description": "What can be watched."}
    )
    url = fields.String(metadata={"description": "Where the MP4 is, once there is one."})
    is_current = fields.Boolean(
        metadata={"description": "Whether it shows the frames as they are now."}
    )
    making = fields.Nested(FilmProgressSchema, allow_none=True)
    is_wanted = fields.Boolean()
    trouble = fields.String()
