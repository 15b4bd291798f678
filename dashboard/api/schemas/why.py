"""Why a shot waits, why a node is idle."""

from __future__ import annotations

from apiflask import Schema, fields

from brender_farm.domain.reasons import ReasonKind
from brender_farm.domain.states import ShotState
from dashboard.api.schemas.words import state_of


class ReasonSchema(Schema):
    kind = state_of(*ReasonKind)
    text = fields.String()
    remedy = fields.String(metadata={"description": "What to do next; empty: wait."})
    free_in_s = fields.Float(
        allow_none=True,
        metadata={"description": "Seconds until something changes by itself, at the earliest."},
    )
    is_partial = fields.Boolean(
        metadata={"description": "It keeps away only part of what could be had."}
    )
    nodes = fields.List(
        fields.String(), metadata={"description": "The nodes that the sentences name."}
    )


class ShotWhySchema(Schema):
    shot_id = fields.Integer()
    name = fields.String()
    state = state_of(*ShotState)
    verdict = fields.String(metadata={"description": "How it stands, in one sentence."})
    reasons = fields.List(
        fields.Nested(ReasonSchema), metadata={"description": "In order of weight."}
    )


class NodeWhySchema(Schema):
    node_id = fields.Integer()
    name = fields.String()
    slots = fields.Integer()
    idle_slots = fields.Integer()
    verdict = fields.String(metadata={"description": "How it stands, in one sentence."})
    reasons = fields.List(
        fields.Nested(ReasonSchema), metadata={"description": "In order of weight."}
    )
