"""What comparing a shot's files with their records found."""

from __future__ import annotations

from apiflask import Schema, fields

from brender_farm.domain.states import ShotState
from dashboard.api.schemas.words import state_of


class BadFrameSchema(Schema):
    frame = fields.Integer()
    wrong = fields.String()


class AuditSchema(Schema):
    state = state_of(*ShotState)
    at = fields.AwareDateTime(format="iso")
    actor = fields.String()
    full = fields.Boolean(metadata={"description": "Every byte, or existence and size only."})
    checked_count = fields.Integer()
    bad_count = fields.Integer()
    put_back_count = fields.Integer(metadata={"description": "Bad frames that are pending again."})
    unread_count = fields.Integer()
    bad = fields.List(fields.Nested(BadFrameSchema), metadata={"description": "The first 100."})
    kept = fields.String(metadata={"description": "Why nothing was put back."})
    trouble = fields.String(metadata={"description": "What could not be looked at."})
    is_well = fields.Boolean()
    finds_in_row = fields.Integer(
        metadata={"description": "Audits by themselves that found something, one after the other."}
    )
    bytes_read = fields.Integer()
    seconds = fields.Float()


class OneAuditSchema(AuditSchema):
    """The same on its own; see OneShotSchema."""


class AuditStartSchema(Schema):
    full = fields.Boolean(
        load_default=True,
        metadata={"description": "Every byte, or existence and size only."},
    )


class AuditRunSchema(Schema):
    running = fields.Boolean(metadata={"description": "It goes on: ask for the shot later."})
    checked_count = fields.Integer()
    frame_count = fields.Integer()
    result = fields.Nested(OneAuditSchema, allow_none=True)
