"""JSON of the farm as the frozen shapes that its services hand out.

A farm may be newer than this client: what it tells beyond a shape is passed over, and a word that
an enumeration does not have stays text, so that it can still be shown and compared.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from brender_farm.errors import FarmError
from brender_farm.version import VERSION

_T = TypeVar("_T")
_Reader = Callable[[Any], Any]


class StrangeAnswer(FarmError):
    """The farm answers in a form that this Brender does not know."""


def decode(shape: type[_T], data: Any, **known: Any) -> _T:
    """Return JSON as a dataclass; `known` are fields that the farm does not tell.

    Raises StrangeAnswer when something that the shape needs is missing or is something else.
    """
    found: _T = _reader(shape)({**data, **known} if isinstance(data, Mapping) else data)
    return found


def decode_all(shape: type[_T], data: Any) -> tuple[_T, ...]:
    """Return a JSON list as dataclasses. Raises StrangeAnswer."""
    if not isinstance(data, list):
        raise strange(f"a list of {shape.__name__} is {type(data).__name__}")
    return tuple(decode(shape, each) for each in data)


def strange(what: str) -> StrangeAnswer:
    """Return the error that says what in an answer is not as this Brender knows it."""
    return StrangeAnswer(
        f"The farm answers in a form that this Brender ({VERSION}) does not know: {what}. "
        "Install the version that the farm has: its System page says which."
    )


def _reader(wanted: Any) -> _Reader:
    """Return what makes a value of this type of what JSON has for it."""
    return _made(wanted)


@cache  # a list of shots has thousands of values and few types
def _made(wanted: Any) -> _Reader:
    origin, parts = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        return _optional(parts)
    if origin is tuple:
        each = _reader(parts[0])
        return lambda value: tuple(map(each, value))
    if origin in (list, dict):
        each = _reader(parts[-1])
        if origin is list:
            return lambda value: list(map(each, value))
        return lambda value: {name: each(inner) for name, inner in value.items()}
    if is_dataclass(wanted):
        return _dataclass(wanted)
    return _plain(wanted)


def _plain(wanted: Any) -> _Reader:
    if wanted is datetime:
        return datetime.fromisoformat
    if wanted is Path:
        return Path
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        members = {member.value: member for member in wanted}
        return lambda value: members.get(value, value)
    return lambda value: value


def _optional(parts: tuple[Any, ...]) -> _Reader:
    kinds = [part for part in parts if part is not type(None)]
    read = _reader(kinds[0]) if len(kinds) == 1 else _plain(None)
    return lambda value: None if value is None else read(value)


def _nothing(wanted: Any) -> Callable[[], Any] | None:
    """Return what makes a field that an older farm does not tell yet; None: it is needed."""
    if type(None) in get_args(wanted):
        return lambda: None
    kind = get_origin(wanted) or wanted
    return kind if kind in (str, bool, tuple, list, dict) else None


def _dataclass(shape: Any) -> _Reader:
    hints = get_type_hints(shape)
    readers = [(each.name, _reader(hints[each.name])) for each in fields(shape)]
    nothings = {
        each.name: made
        for each in fields(shape)
        if each.default is each.default_factory is MISSING
        and (made := _nothing(hints[each.name])) is not None
    }

    def read(value: Any) -> Any:
        if is_dataclass(value):  # known already
            return value
        if not isinstance(value, Mapping):
            raise strange(f"{shape.__name__} is {type(value).__name__}")
        try:
            return shape(
                **{
                    name: reader(value[name]) if name in value else nothings[name]()
                    for name, reader in readers
                    if name in value or name in nothings
                }
            )
        except (TypeError, ValueError, AttributeError) as error:
            raise strange(f"{shape.__name__}: {error}") from error

    return read
