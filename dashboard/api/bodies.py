"""What may be in a request's body: a JSON object that every part of the farm can keep."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import request

from brender_farm.errors import Fault
from dashboard.api.problems import problem

_SAFE = 2**53 - 1
"""Larger numbers are not exact in every JSON reader (RFC 7493)."""
_DEEPEST = 20
_REMEDY = "Send one object, such as {}, after RFC 7493 (I-JSON)."


def require_readable() -> Any:
    """Refuse a body that is no JSON object, or holds what is no JSON or cannot be stored."""
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.mimetype != "application/json":
        return None
    body = request.get_data(cache=True)
    if not body:
        return None
    try:
        read = json.loads(body, parse_constant=_refuse, parse_int=_whole, parse_float=_number)
        _require_storable(read)
    except RecursionError:
        return _unreadable(f"It is nested more than {_DEEPEST} deep.")
    except ValueError as error:
        return _unreadable(f"{error}.".replace("..", "."))
    if not isinstance(read, dict):
        return problem(
            422,
            "The body has to be an object.",
            faults=[Fault(field="body", message="It is no JSON object.", remedy=_REMEDY)],
        )
    return None


def _unreadable(why: str) -> Any:
    fault = Fault(field="body", message=why, remedy=_REMEDY)
    return problem(400, "The body cannot be read as JSON.", faults=[fault])


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number in JSON")


def _whole(text: str) -> int:
    if len(text) > len(str(_SAFE)) + 1 or abs(int(text)) > _SAFE:
        raise ValueError(f"The number {text[:20]} is too large")
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"The number {text[:20]} is too large")
    return number


def _require_storable(value: Any, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, str):
        _require_text(value)
    elif isinstance(value, list):
        for each in value:
            _require_storable(each, depth + 1)
    elif isinstance(value, dict):
        for name, each in value.items():
            _require_text(name)
            _require_storable(each, depth + 1)


def _require_text(text: str) -> None:
    """Raise ValueError for half of a surrogate pair, and for NUL, which no database keeps."""
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("A text holds NUL or half of a surrogate pair")
