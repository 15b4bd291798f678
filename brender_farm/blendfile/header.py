"""The first bytes of a .blend: who saved it, and how it is packed.

Two layouts exist. Up to Blender 4.x it is 12 bytes, `BLENDER-v405`; Blender 5 writes 17 bytes,
`BLENDER17-01v0500` (header size, file format version, Blender version with four digits).
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import zstandard

from brender_farm.errors import BlendFileError

if TYPE_CHECKING:
    from pathlib import Path

Compression = Literal["none", "gzip", "zstd"]

HEADER_SIZE = 17
"""Bytes of the longest known header."""

_PEEK_BYTES = 256 * 1024
_LEGACY = re.compile(rb"BLENDER([_-])([vV])(\d{3})")
_LARGE = re.compile(rb"BLENDER(\d{2})-(\d{2})v(\d{4})")
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_DISGUISES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x76\x2f\x31\x01", "an OpenEXR image"),
    (b"PK\x03\x04", "a zip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF document"),
    (b"version https://", "a Git LFS pointer, without the file it stands for"),
)
_SAVE_AGAIN = "Open it in Blender and save it again, or take it from a backup."


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendHeader:
    """What a .blend says about itself before its first block."""

    version: str
    """The Blender that saved it, such as "4.5" or "2.79"."""
    version_tuple: tuple[int, int]
    pointer_bytes: int
    big_endian: bool
    size_bytes: int
    """Length of the header: the first block begins here, once unpacked."""
    large_blocks: bool
    """Blender 5's block headers, with 64-bit lengths."""
    compression: Compression


def read_header(path: Path) -> BlendHeader:
    """Read the header of a .blend; at most 256 KB of the file are touched.

    Raises BlendFileError, in plain words and with a remedy, for anything that is not a .blend.
    """
    start = read_start(path)
    compression = find_compression(start)
    if compression == "none":
        return parse_header(start[:HEADER_SIZE], "none", path)
    return parse_header(_unpack_start(start, compression, path), compression, path)


def read_start(path: Path) -> bytes:
    """Return up to 256 KB from the beginning of the file."""
    try:
        if not path.is_file():
            raise BlendFileError(_why_no_file(path))
        with path.open("rb") as file:
            start = file.read(_PEEK_BYTES)
    except (OSError, ValueError) as error:
        raise BlendFileError(f"{path} cannot be read ({error}). Check its permissions.") from error
    if not start:
        raise BlendFileError(f"{path} is empty. {_SAVE_AGAIN}")
    return start


def find_compression(start: bytes) -> Compression:
    if start.startswith(_GZIP_MAGIC):
        return "gzip"
    skippable = len(start) >= 4 and start[1:4] == b"\x2a\x4d\x18" and start[0] & 0xF0 == 0x50
    return "zstd" if skippable or start.startswith(_ZSTD_MAGIC) else "none"


def parse_header(start: bytes, compression: Compression, path: Path) -> BlendHeader:
    """Parse the first unpacked bytes of a .blend."""
    if legacy := _LEGACY.match(start):
        version = int(legacy[3])
        return _header(
            version,
            compression,
            pointer_bytes=8 if legacy[1] == b"-" else 4,
            big_endian=legacy[2] == b"V",
            size_bytes=12,
            large_blocks=False,
        )
    if large := _LARGE.match(start):
        size_bytes, layout, version = (int(number) for number in large.groups())
        if (size_bytes, layout) != (HEADER_SIZE, 1):
            raise BlendFileError(
                f"{path} has a header of a kind this farm does not know "
                f"({large[0].decode()}). Save it with the Blender that the farm's nodes have."
            )
        return _header(
            version,
            compression,
            pointer_bytes=8,
            big_endian=False,
            size_bytes=size_bytes,
            large_blocks=True,
        )
    raise BlendFileError(_why_no_header(start, path))


def _header(
    version: int,
    compression: Compression,
    *,
    pointer_bytes: int,
    big_endian: bool,
    size_bytes: int,
    large_blocks: bool,
) -> BlendHeader:
    major, minor = divmod(version, 100)
    return BlendHeader(
        version=f"{major}.{minor}",
        version_tuple=(major, minor),
        pointer_bytes=pointer_bytes,
        big_endian=big_endian,
        size_bytes=size_bytes,
        large_blocks=large_blocks,
        compression=compression,
    )


def _unpack_start(start: bytes, compression: Compression, path: Path) -> bytes:
    try:
        if compression == "gzip":
            return zlib.decompressobj(wbits=31).decompress(start, HEADER_SIZE)
        reader = zstandard.ZstdDecompressor().stream_reader(start, read_across_frames=True)
        return reader.read(HEADER_SIZE)
    except (zlib.error, zstandard.ZstdError, MemoryError) as error:
        raise BlendFileError(
            f"{path} is compressed, and damaged ({error}). {_SAVE_AGAIN}"
        ) from error


def _why_no_file(path: Path) -> str:
    if path.is_dir():
        return f"{path} is a folder. Choose a .blend file inside it."
    if path.exists():
        return f"{path} is not an ordinary file. Choose a .blend file."
    return f"{path} does not exist. Check the spelling, and that this machine sees the folder."


def _why_no_header(start: bytes, path: Path) -> str:
    if start.startswith(b"BLENDER") or b"BLENDER".startswith(start):
        return f"{path} is cut short or damaged within its header. {_SAVE_AGAIN}"
    looks = next((what for magic, what in _DISGUISES if start.startswith(magic)), None)
    found = f"it looks like {looks}" if looks else "it does not begin like one"
    return f"{path} is not a .blend file: {found}. Choose a file saved by Blender."
