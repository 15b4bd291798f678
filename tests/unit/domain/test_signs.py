"""Characters that are not what they seem."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.signs import odd_in_name, odd_in_path, one_line, without_turns


@pytest.mark.parametrize(
    ("text", "in_path", "in_name"),
    [
        pytest.param("sh010 Über 日本 🎬", "", "", id="usual"),
        pytest.param("a\nb", "U+000A", "U+000A", id="line-end"),
        pytest.param("a\x1b[31m", "U+001B", "U+001B", id="escape"),
        pytest.param("a\u202egnp.blend", "U+202E", "U+202E", id="override"),
        pytest.param("a\u2066b", "U+2066", "U+2066", id="isolate"),
        pytest.param("a\u2028b", "U+2028", "U+2028", id="line-separator"),
        pytest.param("a\ud800", "U+D800", "U+D800", id="half-a-character"),
        pytest.param("a\u200bb", "", "U+200B", id="zero-width"),
        pytest.param("می\u200cروم", "", "U+200C", id="persian-in-a-path"),
    ],
)
def test_what_is_odd_is_named(text, in_path, in_name):
    assert (odd_in_path(text), odd_in_name(text)) == (in_path, in_name)


def test_what_steers_is_written_out():
    assert one_line("a\nb\x1b[0m\u202e") == r"a\nb\x1b[0m\u202e"


def test_lines_and_tabs_stay_where_there_may_be_lines():
    assert without_turns("a\n\tb\r\nc\rd\x1b") == "a\n\tb\r\nc\\rd\\x1b"


@given(st.text())
def test_one_line_is_one_line_that_holds_nothing_odd(text):
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not odd_in_path(line)
    assert one_line(line) == line


@given(st.text())
def test_a_name_holds_no_more_than_a_path_may(text):
    assert odd_in_name(text) or not odd_in_path(text)
