"""Whether a Zstandard file is whole, told from its frame and block headers alone (RFC 8878)."""

from __future__ import annotations

import os
from typing import BinaryIO

import zstandard

_LONGEST_FRAME_HEADER = 18
_RLE = 1
_RESERVED = 3


def check_frames(file: BinaryIO, size_bytes: int) -> None:
    """Walk every frame of the file without unpacking it.

    Raises EOFError where the file ends too early, zstandard.ZstdError where it is damaged.
    """
    place = 0
    while place < size_bytes:
        place = _end_of_frame(file, place)
        if place > size_bytes:
            raise EOFError


def _end_of_frame(file: BinaryIO, place: int) -> int:
    head = _read_at(file, place, _LONGEST_FRAME_HEADER)
    if len(head) < 8:
        raise EOFError
    if head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50:  # skippable: Blender's seek table
        return place + 8 + int.from_bytes(head[4:8], "little")
    try:
        header_bytes = zstandard.frame_header_size(head)
        has_checksum = zstandard.get_frame_parameters(head).has_checksum
    except zstandard.ZstdError:
        if len(head) < _LONGEST_FRAME_HEADER:
            raise EOFError from None
        raise
    return _end_of_blocks(file, place + header_bytes) + (4 if has_checksum else 0)


def _end_of_blocks(file: BinaryIO, place: int) -> int:
    while True:
        head = _read_at(file, place, 3)
        if len(head) < 3:
            raise EOFError
        number = int.from_bytes(head, "little")
        last, kind, length = number & 1, number >> 1 & 3, number >> 3
        if kind == _RESERVED:
            raise zstandard.ZstdError("a block of a reserved kind")
        place += 3 + (1 if kind == _RLE else length)
        if last:
            return place


def _read_at(file: BinaryIO, place: int, count: int) -> bytes:
    file.seek(place, os.SEEK_SET)
    return file.read(count)
