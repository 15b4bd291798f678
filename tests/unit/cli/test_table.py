from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from brender_farm.cli.table import print_json, print_table


def test_columns_are_as_wide_as_their_widest_cell(capsys):
    print_table(("ID", "NAME"), [(1, "a"), (12345, "a long name")])
    assert capsys.readouterr().out == "ID     NAME\n1      a\n12345  a long name\n"


def test_a_table_without_rows_is_its_heads(capsys):
    print_table(("ID", "NAME"), [])
    assert capsys.readouterr().out == "ID  NAME\n"


@dataclass(frozen=True, slots=True)
class _View:
    name: str
    at: datetime
    inner: tuple[int, ...] = ()


def test_json_has_views_and_times(capsys):
    print_json([_View("ü", datetime(2025, 1, 2, tzinfo=UTC), (1, 2))])
    out = capsys.readouterr().out
    assert '"name": "ü"' in out
    assert '"at": "2025-01-02T00:00:00+00:00"' in out


def test_what_has_no_json_form_is_an_error():
    with pytest.raises(TypeError, match="set has no JSON form"):
        print_json({1})
