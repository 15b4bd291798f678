"""Cursors: where the next part of a list begins, whatever is added to it or removed meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apiflask import Schema, fields
from apiflask.validators import Length
from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from brender_farm.errors import Fault, RequestRefused

_WORDS = "`next_cursor` of the part before; null there: that was the last."


class CursorQuery(Schema):
    """What every list that grows takes."""

    cursor = fields.String(
        load_default="", validate=Length(max=2000), metadata={"description": _WORDS}
    )


class NextSchema(Schema):
    """What every part of such a list ends with."""

    next_cursor = fields.String(
        allow_none=True, metadata={"description": "Send it as `cursor`; null: there is no more."}
    )


def written(name: str, place: Sequence[Any] | None) -> str | None:
    """Write a place in the list of this name; None: there is no more."""
    return None if place is None else str(_signer().dumps([name, *place]))


def read(name: str, text: str, kinds: Sequence[type]) -> tuple[Any, ...] | None:
    """Read a place, whose parts are of these types; None: the beginning. Raises RequestRefused."""
    if not text:
        return None
    try:
        found = _signer().loads(text)
    except BadData:
        found = None
    if isinstance(found, list) and len(found) == len(kinds) + 1 and found[0] == name:
        place = tuple(found[1:])
        if all(
            type(part) is kind or kind is object for part, kind in zip(place, kinds, strict=True)
        ):
            return place
    raise RequestRefused(
        Fault(
            field="cursor",
            message="This is no cursor of this list, in this order.",
            remedy="Send next_cursor as it was answered, with the same filter and order; or none.",
        )
    )


def _signer() -> URLSafeSerializer:
    """Signed, so that nobody has to check what a place holds a second time."""
    return URLSafeSerializer(current_app.secret_key or "", salt="cursor")
