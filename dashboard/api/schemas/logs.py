"""What processes say."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf, Range, Regexp

from brender_farm.service.logs import LEVELS
from brender_farm.service.shapes.logs import LogFilter
from dashboard.api.cursors import CursorQuery, NextSchema


class LogQuery(CursorQuery):
    source = fields.String(
        load_default=LogFilter().source,
        validate=Length(min=1, max=100),
        metadata={
            "description": "`scheduler`, `dashboard`, `node.<name>`, `chunk.<id>`; `warnings`: "
            "what all processes say of trouble."
        },
    )
    level = fields.String(load_default=LEVELS[0], validate=OneOf(LEVELS))
    search = fields.String(load_default="", validate=Length(max=200))
    limit = fields.Integer(load_default=300, validate=Range(min=1, max=5000))
    after = fields.String(
        load_default="",
        validate=Regexp(r"\A(\d{1,20}(-\d{1,20})?)?\Z"),
        metadata={
            "description": "All lines after the one with this id, whether they match or not: "
            "`last_id` of the answer before."
        },
    )


class LogLineSchema(Schema):
    id = fields.String()
    at = fields.AwareDateTime(
        format="iso", allow_none=True, metadata={"description": "null: a chunk's log has no dates."}
    )
    source = fields.String()
    level = fields.String()
    logger = fields.String()
    message = fields.String()
    fields_ = fields.Dict(
        data_key="fields",
        attribute="fields",
        metadata={"description": "What was said beside it, such as shot_id, chunk_id, node."},
    )


class LogListSchema(NextSchema):
    """The newest lines; `next_cursor` leads to older ones."""

    lines = fields.List(fields.Nested(LogLineSchema), metadata={"description": "Oldest first."})
    total = fields.Integer(metadata={"description": "How many match of those that are kept."})
    trouble = fields.String(
        metadata={"description": "Why the broker, which has the logs, does not answer."}
    )
    last_id = fields.String(
        metadata={"description": "Of the last line that was read, whether it matches or not."}
    )


class LogSourceSchema(Schema):
    name = fields.String()
    words = fields.String()
    last_at = fields.AwareDateTime(format="iso", allow_none=True)


class LogSourceListSchema(Schema):
    sources = fields.List(fields.Nested(LogSourceSchema))
