from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.blender.lines import LineSplitter


def split(*pieces, limit_bytes=1000):
    splitter = LineSplitter(limit_bytes)
    return [line for piece in pieces for line in splitter.feed(piece)] + splitter.finish()


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([b"one\ntwo\n"], [b"one", b"two"]),
        ([b"on", b"e\ntw", b"o", b"\n"], [b"one", b"two"]),
        ([b"no end"], [b"no end"]),
        ([b"1 %\r2 %\r\n3 %\n"], [b"1 %", b"2 %", b"3 %"]),
        ([b"one\r", b"\ntwo\n"], [b"one", b"two"]),
        ([b"\n\n\r\n"], []),
        ([], []),
    ],
    ids=["whole", "in pieces", "no line end", "progress bar", "cut line end", "empty", "nothing"],
)
def test_lines_are_found(pieces, lines):
    assert split(*pieces) == lines


def test_a_long_line_is_cut_and_the_next_one_whole():
    lines = split(b"x" * 30, b"x" * 30, b"\nshort\n", limit_bytes=20)
    assert lines == [b"x" * 20 + " …".encode(), b"short"]


def test_an_endless_line_takes_no_memory():
    splitter = LineSplitter(20)
    for _ in range(100):
        splitter.feed(b"x" * 1000)
    assert len(splitter._rest) <= 1000
    assert splitter.overlong_count == 1


@given(st.lists(st.binary(max_size=30), max_size=20))
def test_how_the_bytes_arrive_does_not_matter(pieces):
    assert split(*pieces) == split(b"".join(pieces))
