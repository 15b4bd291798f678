"""A .blend opened for reading, unpacked if it is compressed, with every read bounded."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import zstandard

from brender_farm.blendfile.header import BlendHeader, read_header
from brender_farm.blendfile.zstd_frames import check_frames
from brender_farm.errors import BlendFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHUNK_BYTES = 1024 * 1024
_START_BYTES = 4 * 1024 * 1024
_IN_MEMORY_BYTES = 64 * 1024 * 1024
_ALWAYS_UNPACKED_BYTES = 2 * 1024**3
_MAX_RATIO = 100
"""Scenes shrink to about a third; far beyond this, a file is made to fill the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBlend:
    """A .blend's unpacked bytes."""

    path: Path
    header: BlendHeader
    file: BinaryIO
    size_bytes: int
    """Length once unpacked."""

    def read_at(self, offset: int, count: int) -> bytes:
        """Return `count` bytes; raise BlendFileError if the file ends before."""
        if count < 0 or offset < 0 or offset + count > self.size_bytes:
            raise truncated(self.path)
        self.file.seek(offset)
        data = self.file.read(count)
        if len(data) != count:
            raise truncated(self.path)
        return data


@contextmanager
def open_blend(path: Path) -> Iterator[OpenBlend]:
    """Open a .blend; a compressed one is unpacked to memory, or to a temporary file from 64 MB on.

    Raises BlendFileError for anything that is not a whole .blend.
    """
    header = read_header(path)
    with _opened(path) as packed:
        if header.compression == "none":
            yield _open_blend(path, header, packed, os.fstat(packed.fileno()).st_size)
            return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as unpacked:
            size_bytes = _unpack(packed, unpacked, header, path)
            yield _open_blend(path, header, cast("BinaryIO", unpacked), size_bytes)


@contextmanager
def open_blend_start(path: Path) -> Iterator[OpenBlend]:
    """Open a .blend of which only the beginning matters: a compressed one is unpacked to 4 MB."""
    header = read_header(path)
    with _opened(path) as packed:
        if header.compression == "none":
            yield _open_blend(path, header, packed, os.fstat(packed.fileno()).st_size)
            return
        with _saying_what_is_wrong(path), _unpacker(packed, header) as source:
            start = source.read(_START_BYTES)
        yield _open_blend(path, header, io.BytesIO(start), len(start))


def _open_blend(path: Path, header: BlendHeader, file: BinaryIO, size_bytes: int) -> OpenBlend:
    return OpenBlend(path=path, header=header, file=file, size_bytes=size_bytes)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise BlendFileError(
            f"{path} cannot be read ({error}). Check its permissions and the disk."
        ) from error


@contextmanager
def _saying_what_is_wrong(path: Path) -> Iterator[None]:
    try:
        yield
    except EOFError as error:
        raise truncated(path) from error
    except (gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
        raise damaged(path, error) from error


def truncated(path: Path) -> BlendFileError:
    return BlendFileError(
        f"{path} is cut short: its end is missing. Copy it again, or save it again in Blender."
    )


def damaged(path: Path, why: object) -> BlendFileError:
    return BlendFileError(
        f"{path} is damaged ({why}). "
        "Open it in Blender and save it again, or take it from a backup."
    )


def _unpack(packed: BinaryIO, target: IO[bytes], header: BlendHeader, path: Path) -> int:
    packed_bytes = os.fstat(packed.fileno()).st_size
    limit_bytes = max(_ALWAYS_UNPACKED_BYTES, _MAX_RATIO * packed_bytes)
    total_bytes = 0
    with _saying_what_is_wrong(path):
        if header.compression == "zstd":
            check_frames(packed, packed_bytes)
        with _unpacker(packed, header) as source:
            while chunk := source.read(_CHUNK_BYTES):
                total_bytes += len(chunk)
                if total_bytes > limit_bytes:
                    raise damaged(path, f"it unpacks to more than {limit_bytes / 1e9:.0f} GB")
                target.write(chunk)
    return total_bytes


def _unpacker(packed: BinaryIO, header: BlendHeader) -> BinaryIO:
    packed.seek(0)
    if header.compression == "gzip":
        return cast("BinaryIO", gzip.GzipFile(fileobj=packed))
    reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
    return cast("BinaryIO", reader)
