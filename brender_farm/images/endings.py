"""Whether a file ends where its format says it ends: decoders are lenient, a frame must not be.

Each check gets the open file and its size, and returns what is wrong or None.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable

PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG_END = b"\xff\xd9"
BMP_HEADER = struct.Struct("<2sI")
RIFF_HEADER = struct.Struct("<4sI")
TARGA_FOOTER = b"TRUEVISION-XFILE.\0"
TARGA_HEADER = struct.Struct("<BBB2xHB4xHHB")
TARGA_RUN_LENGTH = 8
TIFF_PLACE_PAIRS = ((273, 279), (324, 325))  # offsets and byte counts of strips, and of tiles
TIFF_PLACES = {tag for pair in TIFF_PLACE_PAIRS for tag in pair}
TIFF_TYPE_BYTES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
TIFF_INTEGERS = {3: "H", 4: "I"}
TIFF_PARTS = 64


def bad_ending(format_name: str, file: BinaryIO, byte_count: int) -> str | None:
    """Return what is wrong with the end of a file in this OpenImageIO format, or None."""
    check = CHECKS.get(format_name)
    return check(file, byte_count) if check else None


def _png(file: BinaryIO, byte_count: int) -> str | None:
    return _must_end_with(PNG_END, "its IEND chunk", file, byte_count)


def _jpeg(file: BinaryIO, byte_count: int) -> str | None:
    return _must_end_with(JPEG_END, "its end-of-image marker", file, byte_count)


def _webp(file: BinaryIO, byte_count: int) -> str | None:
    _, size = RIFF_HEADER.unpack(_read_at(file, 0, RIFF_HEADER.size))
    return _must_have(size + RIFF_HEADER.size, byte_count)


def _bmp(file: BinaryIO, byte_count: int) -> str | None:
    _, size = BMP_HEADER.unpack(_read_at(file, 0, BMP_HEADER.size))
    return _must_have(size, byte_count)


def _dpx(file: BinaryIO, byte_count: int) -> str | None:
    """Look at the file size in the header (SMPTE 268M), in the byte order of its first word."""
    order = {b"SDPX": ">", b"XPDS": "<"}.get(_read_at(file, 0, 4))
    return _must_have(_integer_at(file, 16, order), byte_count) if order else None


def _cineon(file: BinaryIO, byte_count: int) -> str | None:
    order = {b"\x80\x2a\x5f\xd7": ">", b"\xd7\x5f\x2a\x80": "<"}.get(_read_at(file, 0, 4))
    return _must_have(_integer_at(file, 20, order), byte_count) if order else None


def _tiff(file: BinaryIO, byte_count: int) -> str | None:
    """Follow the directories (TIFF 6.0) to the furthest byte that any of them points to."""
    order = {b"II": "<", b"MM": ">"}.get(_read_at(file, 0, 2))
    if order is None:
        return None  # not a TIFF: the decoder will say so
    (where,) = struct.unpack(order + "I", _read_at(file, 4, 4))
    end = where
    for _ in range(TIFF_PARTS):
        if where == 0 or end > byte_count:
            break
        (entry_count,) = struct.unpack(order + "H", _read_at(file, where, 2))
        entries = _read_at(file, where + 2, entry_count * 12)
        after = where + 2 + len(entries)
        (where,) = struct.unpack(order + "I", _read_at(file, after, 4))
        end = max(end, after + 4, where, _tiff_end(file, entries, order))
    return _must_have(end, byte_count)


def _tiff_end(file: BinaryIO, entries: bytes, order: str) -> int:
    """Return where the values and the strips or tiles of one directory end."""
    end, places = 0, {}
    for tag, kind, count, value in struct.iter_unpack(order + "HHI4s", entries):
        size = count * TIFF_TYPE_BYTES.get(kind, 1)
        (at,) = struct.unpack(order + "I", value)
        if size > 4:
            end = max(end, at + size)
        if tag in TIFF_PLACES and kind in TIFF_INTEGERS:
            data = _read_at(file, at, size) if size > 4 else value[:size]
            places[tag] = struct.unpack(f"{order}{count}{TIFF_INTEGERS[kind]}", data)
    for offsets, counts in TIFF_PLACE_PAIRS:
        pairs = zip(places.get(offsets, ()), places.get(counts, ()), strict=False)
        end = max([end, *(offset + count for offset, count in pairs)])
    return end


def _targa(file: BinaryIO, byte_count: int) -> str | None:
    """Blender 4 ends the file with a footer; older ones end it with the last pixel."""
    if _read_at(file, byte_count - len(TARGA_FOOTER), len(TARGA_FOOTER)) == TARGA_FOOTER:
        return None
    head = TARGA_HEADER.unpack(_read_at(file, 0, TARGA_HEADER.size))
    id_bytes, _, kind, colour_count, colour_bits, width, height, bits = head
    start = TARGA_HEADER.size + 1 + id_bytes + colour_count * (colour_bits // 8)
    pixels, pixel_bytes = width * height, bits // 8
    if kind < TARGA_RUN_LENGTH:
        end = start + pixels * pixel_bytes
    else:
        file.seek(0)
        end = _end_of_runs(file.read(), start, pixels, pixel_bytes)
    if byte_count > end:
        return "it is cut off: its footer is missing at the end"
    return _must_have(end, byte_count)


def _end_of_runs(data: bytes, at: int, pixels: int, pixel_bytes: int) -> int:
    """Return where run-length packets for this many pixels end, or would have gone on."""
    while pixels > 0 and at < len(data):
        packet = data[at]
        count = (packet & 127) + 1
        at += 1 + (pixel_bytes if packet & 128 else count * pixel_bytes)
        pixels -= count
    return at if pixels <= 0 else at + 1


def _must_end_with(ending: bytes, what: str, file: BinaryIO, byte_count: int) -> str | None:
    if _read_at(file, byte_count - len(ending), len(ending)) == ending:
        return None
    return f"it is cut off: {what} is missing at the end"


def _must_have(wanted: int, byte_count: int) -> str | None:
    if byte_count >= wanted:
        return None
    return f"it is cut off: it has {byte_count:,} of {wanted:,} bytes"


def _integer_at(file: BinaryIO, offset: int, order: str) -> int:
    (number,) = struct.unpack(order + "I", _read_at(file, offset, 4))
    return int(number)


def _read_at(file: BinaryIO, offset: int, byte_count: int) -> bytes:
    file.seek(max(0, offset))
    return file.read(byte_count).ljust(byte_count, b"\0")


# The other formats are refused by their decoder when cut: EXR has a table of offsets.
CHECKS: dict[str, Callable[[BinaryIO, int], str | None]] = {
    "png": _png,
    "jpeg": _jpeg,
    "webp": _webp,
    "bmp": _bmp,
    "tiff": _tiff,
    "dpx": _dpx,
    "cineon": _cineon,
    "targa": _targa,
}
