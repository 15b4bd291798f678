"""Arguments of submissions and changes as the JSON API takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, get_args, get_type_hints

from brender_farm.errors import Fault, RequestRefused
from brender_farm.service.requests import ShotRequest


def request_json(request: ShotRequest) -> dict[str, Any]:
    """Return what a request asks for beyond what is so by itself."""
    given = {each.name: getattr(request, each.name) for each in fields(request)}
    defaults = {each.name: each.default for each in fields(request)}
    return changes_json({name: value for name, value in given.items() if value != defaults[name]})


def changes_json(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by the names that `submit_shot` has for them. Raises RequestRefused."""
    return {name: _value(name, value) for name, value in changes.items()}


def shot_numbers(shots: Sequence[int] | str | None, field: str) -> list[int] | None:
    """Return shots as numbers; text has commas or spaces between. Raises RequestRefused."""
    if shots is None:
        return None
    if not isinstance(shots, str):
        return list(shots)
    words = [word.removeprefix("#") for word in shots.replace(",", " ").split()]
    if not all(word.isascii() and word.isdecimal() for word in words):
        raise RequestRefused(
            Fault(
                field=field,
                message=f"{shots[:100]!r} are not numbers of shots.",
                remedy="Give them with commas between, such as 9, 12.",
            )
        )
    return [int(word) for word in words]


def _value(name: str, value: Any) -> Any:
    if name in ("after", "after_frames"):
        return shot_numbers(value, name)
    if name == "view_layers":
        return _names(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if name == "color_depth" and isinstance(value, int):
        return str(value)
    return _number(name, value) if isinstance(value, str) else value


def _names(value: Any) -> Any:
    if not isinstance(value, str):
        return None if value is None else list(value)
    return [word.strip() for word in value.split(",") if word.strip()] or None


def _number(name: str, text: str) -> Any:
    """Return the number that a text is, where a number is asked for; empty: nothing is."""
    kinds = _kinds().get(name, ())
    if str in kinds or not kinds:
        return text
    if not text.strip():
        return None
    for kind in (kind for kind in (int, float) if kind in kinds):
        try:
            return kind(text)
        except ValueError:
            continue
    return text  # the farm says what is wrong with it


@cache
def _kinds() -> dict[str, tuple[Any, ...]]:
    """Return the types that each argument may have."""
    hints = get_type_hints(ShotRequest)
    return {name: get_args(hint) or (hint,) for name, hint in hints.items()}
