"""Column types that SQLite and PostgreSQL treat alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from brender_farm.domain.signs import without_turns

LARGEST = 2**63 - 1
"""What the widest integer column holds."""


class BigId(TypeDecorator[int]):
    """The number of a row. One too large for any row, asked for from outside, finds none."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        # SQLite numbers rows by itself only in a column typed INTEGER.
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return 0 if value is not None and abs(value) > LARGEST else value


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps no time zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("Times must be aware; use datetime.now(UTC).")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    """A small JSON value kept as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        return json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value == "{}":  # most of them: the planner reads thousands after every chunk
            return {}
        if value == "[]":
            return []
        return json.loads(value) if value else None


class CleanText(TypeDecorator[str]):
    r"""Text that others wrote, such as Blender: what no database keeps becomes a question mark.

    What would steer a terminal or turn the direction of writing is kept written out, as `\x1b`.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


def clean(text: str) -> str:
    """Replace NUL and half characters: PostgreSQL refuses the one, UTF-8 the other.

    Other characters that are not seen but do something are written out.
    """
    return without_turns(text.replace("\0", "?").encode("utf-8", "replace").decode())


class StateText(TypeDecorator[Any]):
    """A state as its word; read back as a member of `kind`."""

    impl = String(20)
    cache_ok = True

    def __init__(self, kind: type[StrEnum] | None = None) -> None:
        super().__init__()
        self.kind = kind

    def __repr__(self) -> str:
        return "StateText()"

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(str(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return self.kind(value) if value is not None and self.kind else value
