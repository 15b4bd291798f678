"""The preview picture that Blender stores in a .blend (its TEST block)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from brender_farm.blendfile.blocks import walk_blocks
from brender_farm.blendfile.container import open_blend_start
from brender_farm.errors import BlendFileError

if TYPE_CHECKING:
    from pathlib import Path

_MAX_SIDE = 1024
_MAX_BLOCKS_BEFORE = 16
"""Blender writes the preview second; a file without one need not be read to its end."""


def read_thumbnail(path: Path) -> bytes | None:
    """Return the stored preview as a PNG file's bytes, None if there is none.

    Only the first megabytes of the file are read. Raises BlendFileError if it is not a .blend.
    """
    with open_blend_start(path) as blend:
        order = ">" if blend.header.big_endian else "<"
        try:
            for block, _ in zip(walk_blocks(blend), range(_MAX_BLOCKS_BEFORE), strict=False):
                if block.code == b"TEST" and block.size_bytes > 8:
                    width, height = struct.unpack(f"{order}ii", blend.read_at(block.offset, 8))
                    if not _fits(width, height, block.size_bytes):
                        return None
                    pixels = blend.read_at(block.offset + 8, width * height * 4)
                    return _encode_png(width, height, pixels)
        except BlendFileError:  # cut short: whoever renders it is told so; here it has no picture
            return None
    return None


def _fits(width: int, height: int, size_bytes: int) -> bool:
    return (
        0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE and width * height * 4 + 8 <= size_bytes
    )


def _encode_png(width: int, height: int, pixels: bytes) -> bytes:
    """Encode RGBA pixels, bottom row first, as a PNG (ISO/IEC 15948)."""
    stride = width * 4
    rows = (pixels[start : start + stride] for start in range((height - 1) * stride, -1, -stride))
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(data, zlib.crc32(name))
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)
