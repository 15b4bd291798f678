"""Frames and chunks."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import OneOf, Range

from brender_farm.domain.states import ChunkState, FrameState
from dashboard.api.cursors import CursorQuery, NextSchema
from dashboard.api.schemas.words import state_of


class FrameQuery(CursorQuery):
    offset = fields.Integer(load_default=0, validate=Range(min=0, max=10**9))
    limit = fields.Integer(load_default=200, validate=Range(min=1, max=1000))
    state = fields.String(load_default="", validate=OneOf(["", *map(str, FrameState)]))


class FrameSchema(Schema):
    frame = fields.Integer()
    state = state_of(*FrameState)
    chunk_id = fields.Integer(allow_none=True)
    node = fields.String(allow_none=True)
    seconds = fields.Float(allow_none=True)
    byte_count = fields.Integer(allow_none=True)
    peak_bytes = fields.Integer(allow_none=True)
    tries = fields.Integer()
    reason = fields.String()
    log_tail = fields.String(metadata={"description": "Blender's last lines when it failed last."})
    files = fields.List(
        fields.String(), metadata={"description": "Beside the picture, in the output folder."}
    )
    tag = fields.String()


class FramePageSchema(NextSchema):
    frames = fields.List(fields.Nested(FrameSchema))
    offset = fields.Integer(
        allow_none=True, metadata={"description": "null: it was asked for by a cursor."}
    )
    total = fields.Integer()


class ChunkSchema(Schema):
    id = fields.Integer()
    shot_id = fields.Integer()
    node = fields.String()
    state = state_of(*ChunkState)
    frames = fields.String()
    frame_count = fields.Integer()
    done_count = fields.Integer()
    failed_count = fields.Integer()
    twin_of = fields.Integer(
        allow_none=True, metadata={"description": "The chunk that it races for the same frames."}
    )
    reason = fields.String()
    sent_at = fields.AwareDateTime(format="iso")
    started_at = fields.AwareDateTime(format="iso", allow_none=True)
    finished_at = fields.AwareDateTime(format="iso", allow_none=True)


class ChunkQuery(CursorQuery):
    limit = fields.Integer(load_default=100, validate=Range(min=1, max=1000))


class ChunkListSchema(NextSchema):
    chunks = fields.List(fields.Nested(ChunkSchema))
