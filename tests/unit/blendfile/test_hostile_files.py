"""Whatever bytes come: an answer or BlendFileError, soon, and without filling the memory."""

from __future__ import annotations

import contextlib
import gzip
import struct
import tracemalloc

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brender_farm.blendfile.facts import inspect
from brender_farm.blendfile.thumbnail import read_thumbnail
from brender_farm.errors import BlendFileError

fuzz = settings(
    max_examples=60,
    deadline=10_000,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
edits = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.one_of(
            st.binary(min_size=1, max_size=8),
            st.sampled_from(
                [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80"]
            ),
        ),
    ),
    min_size=1,
    max_size=40,
)
cut = st.one_of(st.just(1.0), st.floats(0, 1))


def mutate(data: bytes, changes: list[tuple[float, bytes]], end: float) -> bytes:
    changed = bytearray(data)
    for place, new in changes:
        at = int(place * len(data))
        changed[at : at + len(new)] = new
    return bytes(changed[: int(end * len(data))])


def try_both(path, content: bytes) -> None:
    path.write_bytes(content)
    for read in (inspect, read_thumbnail):
        with contextlib.suppress(BlendFileError):
            read(path)


@fuzz
@given(changes=edits, end=cut)
def test_a_damaged_plain_file_is_answered_or_refused(tmp_path, tiny, changes, end):
    try_both(tmp_path / "x.blend", mutate(tiny, changes, end))


@fuzz
@given(changes=edits, end=cut)
def test_a_damaged_blender_5_file_is_answered_or_refused(tmp_path, tiny_5, changes, end):
    try_both(tmp_path / "x.blend", mutate(tiny_5, changes, end))


@fuzz
@given(changes=edits)
def test_a_damaged_file_with_externals_is_answered_or_refused(tmp_path, with_externals, changes):
    try_both(tmp_path / "x.blend", mutate(with_externals, changes, 1.0))


@fuzz
@given(changes=edits, end=cut, pack=st.sampled_from([gzip.compress, zstandard.compress]))
def test_a_damaged_compressed_file_is_answered_or_refused(tmp_path, tiny, changes, end, pack):
    try_both(tmp_path / "x.blend", mutate(pack(tiny), changes, end))


@fuzz
@given(changes=edits)
def test_a_damaged_catalogue_of_structs_is_answered_or_refused(tmp_path, with_externals, changes):
    dna = with_externals.index(b"DNA1")
    head, tail = with_externals[:dna], with_externals[dna:]
    near_start = [
        (place * 0.02 if number % 2 else place, new) for number, (place, new) in enumerate(changes)
    ]
    try_both(tmp_path / "x.blend", head + mutate(tail, near_start, 1.0))


def test_a_circle_in_a_list_comes_to_an_end(tmp_path, with_externals):
    """Every `next` pointer of the object's materials, nodes and modifiers leads to itself."""
    layout = struct.Struct("<4siQii")
    changed, place = bytearray(with_externals), 12
    while changed[place : place + 4] != b"ENDB":
        code, length, address, _, _ = layout.unpack_from(changed, place)
        place += layout.size
        if code == b"DATA" and length >= 16:
            struct.pack_into("<Q", changed, place, address)
        place += length
    try_both(tmp_path / "circle.blend", bytes(changed))


@pytest.mark.parametrize("length", [0x7FFFFFFF, -1, -24], ids=["huge", "minus-one", "backwards"])
def test_an_impossible_block_length_is_refused_without_allocating(tmp_path, tiny, length):
    changed = bytearray(tiny)
    struct.pack_into("<i", changed, 16, length)
    path = tmp_path / "x.blend"
    path.write_bytes(changed)
    tracemalloc.start()
    try:
        with pytest.raises(BlendFileError):
            inspect(path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
