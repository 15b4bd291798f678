"""What a check of the farm found."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf

from brender_farm.domain.diagnosis import PARTS, State

_STATES = [state.value for state in State]


class DiagnosisSchema(Schema):
    part = fields.String(validate=OneOf(PARTS))
    subject = fields.String(
        metadata={"description": "Which folder or nodes; empty: the part itself."}
    )
    state = fields.String(validate=OneOf(_STATES))
    found = fields.String()
    remedy = fields.String(metadata={"description": "What mends it; empty where nothing does."})


class ExaminationSchema(Schema):
    state = fields.String(
        validate=OneOf(_STATES), metadata={"description": "The worst that was found."}
    )
    exit_status = fields.Integer(metadata={"description": "As `brender doctor` ends."})
    looked_at = fields.AwareDateTime(format="iso")
    seconds = fields.Float()
    hostname = fields.String(metadata={"description": "The machine that it was made on."})
    diagnoses = fields.List(
        fields.Nested(DiagnosisSchema),
        metadata={"description": "Part by part, the worst of each first."},
    )


class CheckSchema(Schema):
    is_running = fields.Boolean(metadata={"description": "It goes on: ask again."})
    node = fields.String(metadata={"description": "The one that was asked about; empty: all."})
    render = fields.Boolean(metadata={"description": "Whether nodes render a test frame."})
    asked_by = fields.String()
    started_at = fields.AwareDateTime(format="iso")
    answered_count = fields.Integer(metadata={"description": "Nodes that have answered."})
    asked_count = fields.Integer(
        allow_none=True, metadata={"description": "Nodes that are asked; null: not known yet."}
    )
    trouble = fields.String(metadata={"description": "Why nothing was found."})
    found = fields.Nested(ExaminationSchema, allow_none=True)


class OneCheckSchema(CheckSchema):
    """The same on its own; see OneShotSchema."""


class LastCheckSchema(Schema):
    check = fields.Nested(
        CheckSchema,
        allow_none=True,
        metadata={"description": "The one that goes on, or the last; null: none since the start."},
    )


class CheckStartSchema(Schema):
    node = fields.String(
        load_default="",
        validate=Length(max=63),
        metadata={"description": "Only this one; empty: every node, and every part."},
    )
    render = fields.Boolean(
        load_default=True, metadata={"description": "Have nodes render a test frame."}
    )
