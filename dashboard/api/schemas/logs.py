"""What processes say."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf, Range

from brender_farm.service.logs import LEVELS, LogFilter


class LogQuery(Schema):
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


class LogListSchema(Schema):
    lines = fields.List(fields.Nested(LogLineSchema), metadata={"description": "Oldest first."})
    total = fields.Integer(metadata={"description": "How many match of those that are kept."})
    trouble = fields.String(
        metadata={"description": "Why the broker, which has the logs, does not answer."}
    )


class LogSourceSchema(Schema):
    name = fields.String()
    words = fields.String()
    last_at = fields.AwareDateTime(format="iso", allow_none=True)


class LogSourceListSchema(Schema):
    sources = fields.List(fields.Nested(LogSourceSchema))
