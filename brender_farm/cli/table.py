"""Plain tables for people, JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import click

from brender_farm.cli.terminal import State, width
from brender_farm.domain.signs import one_line

_GAP = "  "
_LEAST = 8
"""Columns that text keeps at least when a terminal is narrow."""


def print_table(
    heads: Sequence[str], rows: Sequence[Sequence[object]], *, right: Collection[str] = ()
) -> None:
    """Print aligned columns, those of `right` to the right; cut to a terminal's width.

    Where nobody's terminal is, nothing is cut: programs and files get it all.
    """
    lines = [list(heads), *([one_line(str(cell)) for cell in row] for row in rows)]
    columns = range(len(heads))
    wanted = [max(columns_of(line[column]) for line in lines) for column in columns]
    fixed = {column for column in columns if heads[column] in right or heads[column] == "STATE"}
    widths = fitted(wanted, fixed, width())
    looks: list[Sequence[object]] = [[""] * len(heads), *rows]
    for line, cells in zip(lines, looks, strict=True):
        done = [
            _cell(text, cell, widths[column], to_right=heads[column] in right)
            for column, (text, cell) in enumerate(zip(line, cells, strict=True))
        ]
        click.echo(_GAP.join(done).rstrip())


def fitted(wanted: Sequence[int], fixed: Collection[int], limit: int | None) -> list[int]:
    """Return the columns' widths: the widest that may be cut gives way until all fit."""
    widths = list(wanted)
    while limit is not None and sum(widths) + len(_GAP) * (len(widths) - 1) > limit:
        longest = max(
            (column for column in range(len(widths)) if column not in fixed),
            key=lambda column: widths[column],
            default=None,
        )
        if longest is None or widths[longest] <= _LEAST:
            break
        widths[longest] -= 1
    return widths


def columns_of(text: str) -> int:
    """Return how many columns of a terminal text takes; East Asian letters take two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )


def print_json(value: object) -> None:
    """Print frozen views as one JSON document; times in ISO 8601, UTC."""
    click.echo(json.dumps(value, default=_plain, indent=2, ensure_ascii=False))


def _cell(text: str, cell: object, size: int, *, to_right: bool) -> str:
    cut = _cut(text, size)
    blank = " " * (size - columns_of(cut))
    padded = blank + cut if to_right else cut + blank
    return cell.coloured(padded) if isinstance(cell, State) else padded


def _cut(text: str, size: int) -> str:
    if columns_of(text) <= size:
        return text
    while columns_of(text) > size - 1:
        text = text[:-1]
    return f"{text}…"


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
