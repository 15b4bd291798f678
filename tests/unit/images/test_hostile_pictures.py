"""Damaged and lying pictures: proven, shown, or refused in words; soon, and in little memory."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import OpenImageIO as OIIO  # noqa: N817
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brender_farm.domain.formats import FORMATS
from brender_farm.errors import FrameFailed
from brender_farm.images.decode import decode
from brender_farm.images.display import PictureUnreadable, read_shown

KINDS = {"PNG": "png", "JPEG": "jpg", "OPEN_EXR": "exr", "TIFF": "tif"}
fuzz = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
EDITS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=6)), max_size=12
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> dict[str, bytes]:
    """Return a whole picture of each kind."""
    folder = tmp_path_factory.mktemp("pictures")
    made = {}
    noise = np.random.default_rng(7).random((24, 40, 3), np.float32)
    for name, ending in KINDS.items():
        path = folder / f"whole.{ending}"
        depth = "half" if name == "OPEN_EXR" else "uint8"
        output = OIIO.ImageOutput.create(str(path))
        output.open(str(path), OIIO.ImageSpec(40, 24, 3, depth))
        output.write_image(noise)
        output.close()
        made[name] = path.read_bytes()
    return made


def look(path: Path, name: str) -> None:
    """Do all that the farm does with a picture; only its own refusals may come of it."""
    if name in FORMATS:
        try:
            decode(path, FORMATS[name])
        except FrameFailed as error:
            assert str(error)  # noqa: PT017 - most are refused
    try:
        shown = read_shown(path, 320)
    except PictureUnreadable as error:
        assert str(error)  # noqa: PT017 - most are refused
    else:
        assert shown.shape[2] == 3


@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_picture_is_refused_or_shown(tmp_path_factory, pictures, name):
    folder = tmp_path_factory.mktemp("damaged")
    whole = pictures[name]

    @fuzz
    @given(EDITS, st.just(1.0) | st.floats(0, 1))
    def attempt(edits, share):
        data = bytearray(whole)
        for place, new in edits:
            at = int(place * len(data))
            data[at : at + len(new)] = new
        path = folder / f"x.{KINDS[name]}"
        path.write_bytes(data[: int(len(data) * share)])
        look(path, name)

    attempt()


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("content", [b"", b"\0" * 4000, b"<svg/>", b"\x7fELF" * 100, b"%PDF-1.7"])
def test_what_is_no_picture_is_refused(tmp_path, name, content):
    path = tmp_path / f"x.{KINDS[name]}"
    path.write_bytes(content)
    if name in FORMATS:
        with pytest.raises(FrameFailed):
            decode(path, FORMATS[name])
    with pytest.raises(PictureUnreadable):
        read_shown(path, 320)


def png(width: int, height: int, pixels: bytes) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    packed = zlib.compress(pixels, 1)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", packed) + part(b"IEND", b"")


@pytest.mark.parametrize("size", [(65_535, 65_535), (2**31 - 1, 1), (2**31 - 1, 2**31 - 1), (0, 0)])
def test_a_picture_that_says_it_is_huge_takes_no_memory(tmp_path, size):
    path = tmp_path / "x.png"
    path.write_bytes(png(*size, b"\0" * 10_000))
    before = psutil.Process().memory_info().rss
    look(path, "PNG")
    assert psutil.Process().memory_info().rss - before < 200_000_000
