"""Words that are one of a few."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import OneOf


class NothingSchema(Schema):
    """Nothing has to be said."""


def state_of(*states: str) -> fields.String:
    """Make a field that holds one of these states."""
    return fields.String(validate=OneOf([str(state) for state in states]))
