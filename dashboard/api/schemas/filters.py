"""Which shots are meant, and filters that people keep."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf, Range
from marshmallow import ValidationError

from brender_farm.domain.shot_filter import ARCHIVED_ONLY, ARCHIVED_TOO
from brender_farm.domain.states import ShotState

_PRIORITY = Range(min=0, max=100)


def _only_states(text: str) -> None:
    strangers = [word for word in text.split(",") if word and word not in set(ShotState)]
    if strangers:
        raise ValidationError(
            f"Not a state: {strangers[0][:40]!r}. States: {', '.join(ShotState)}."
        )


class ShotFilterSchema(Schema):
    search = fields.String(
        load_default="", metadata={"description": "Part of a name or a submitter, or a number."}
    )
    state = fields.String(
        load_default="",
        validate=_only_states,
        metadata={"description": "One state, or several with commas between."},
    )
    show_id = fields.Integer(
        load_default=None,
        allow_none=True,
        data_key="show",
        validate=Range(min=0),
        metadata={"description": "Shots of this show; 0: of none."},
    )
    submitter = fields.String(load_default="")
    min_priority = fields.Integer(load_default=None, allow_none=True, validate=_PRIORITY)
    max_priority = fields.Integer(load_default=None, allow_none=True, validate=_PRIORITY)
    since = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "Submitted on this day or later, by the farm's clock."},
    )
    until = fields.Date(load_default=None, allow_none=True)
    archived = fields.String(
        load_default="",
        validate=OneOf(["", ARCHIVED_ONLY, ARCHIVED_TOO]),
        metadata={"description": "only: those that are put away; all: with them."},
    )


class SavedFilterSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    query = fields.String(
        metadata={"description": "As in the address of the list, behind the question mark."}
    )


class OneSavedFilterSchema(SavedFilterSchema):
    """The same on its own; see OneShotSchema."""


class SavedFilterListSchema(Schema):
    filters = fields.List(fields.Nested(SavedFilterSchema))


class FilterSetSchema(Schema):
    query = fields.String(required=True, validate=Length(max=2000))
