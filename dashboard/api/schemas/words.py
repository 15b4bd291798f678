"""Words that are one of a few."""

from __future__ import annotations

from apiflask import fields
from apiflask.validators import OneOf


def state_of(*states: str) -> fields.String:
    """Make a field that holds one of these states."""
    return fields.String(validate=OneOf([str(state) for state in states]))
