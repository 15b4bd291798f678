from __future__ import annotations

import struct
from pathlib import Path

import pytest

from brender_farm.blendfile.container import open_blend

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with the small test scenes."""
    return DATA


def unpack(path: Path) -> bytes:
    with open_blend(path) as blend:
        return blend.read_at(0, blend.size_bytes)


@pytest.fixture(scope="session")
def tiny() -> bytes:
    """The tiny scene's unpacked bytes."""
    return unpack(DATA / "tiny.blend")


@pytest.fixture(scope="session")
def with_externals() -> bytes:
    """The unpacked bytes of a scene that makes Blender Asset Tracer run."""
    return unpack(DATA / "missing_texture.blend")


def as_blender_5(data: bytes) -> bytes:
    """Rewrite a 64-bit little-endian file in the layout of Blender 5: long header, long blocks."""
    small, large = struct.Struct("<4siQii"), struct.Struct("<4siQqq")
    parts, place = [b"BLENDER17-01v0500"], 12
    while True:
        code, length, address, number, count = small.unpack_from(data, place)
        place += small.size
        parts += [large.pack(code, number, address, length, count), data[place : place + length]]
        place += length
        if code == b"ENDB":
            return b"".join(parts)


@pytest.fixture(scope="session")
def tiny_5(tiny: bytes) -> bytes:
    return as_blender_5(tiny)


@pytest.fixture(scope="session")
def with_externals_5(with_externals: bytes) -> bytes:
    return as_blender_5(with_externals)
