from __future__ import annotations

import struct
import zlib

import pytest

from brender_farm.blendfile.thumbnail import read_thumbnail
from brender_farm.errors import BlendFileError


def with_preview(data: bytes, width: int, height: int, pixels: bytes) -> bytes:
    body = struct.pack("<ii", width, height) + pixels
    return data[:12] + struct.pack("<4siQii", b"TEST", len(body), 0, 0, 1) + body + data[12:]


def decode(png: bytes) -> tuple[int, int, list[bytes]]:
    width, height = struct.unpack(">II", png[16:24])
    at = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[at - 4 : at])
    raw = zlib.decompress(png[at + 4 : at + 4 + length])
    stride = 1 + 4 * width
    return width, height, [raw[row * stride + 1 : (row + 1) * stride] for row in range(height)]


def test_the_preview_is_a_png_with_its_top_row_first(tmp_path, tiny):
    bottom, top = b"\x01\x02\x03\xff" * 2, b"\x0a\x0b\x0c\xff" * 2
    path = tmp_path / "a.blend"
    path.write_bytes(with_preview(tiny, 2, 2, bottom + top))
    png = read_thumbnail(path)
    assert png is not None
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert decode(png) == (2, 2, [top, bottom])


def test_the_demo_has_a_preview(data):
    png = read_thumbnail(data.parents[1] / "brender_farm" / "demo" / "spinning.blend")
    assert png is not None
    assert decode(png)[:2] == (192, 108)


@pytest.mark.parametrize("name", ["tiny", "tiny_gzip"])
def test_a_file_without_a_preview_has_none(data, name):
    assert read_thumbnail(data / f"{name}.blend") is None


@pytest.mark.parametrize(
    ("width", "height"), [(0, 2), (-1, 2), (2, 2**30), (30_000, 30_000), (4, 4)]
)
def test_a_preview_of_impossible_size_is_none(tmp_path, tiny, width, height):
    path = tmp_path / "a.blend"
    path.write_bytes(with_preview(tiny, width, height, bytes(16)))
    assert read_thumbnail(path) is None


def test_what_is_not_a_blend_is_refused(tmp_path):
    path = tmp_path / "a.blend"
    path.write_bytes(b"Hello")
    with pytest.raises(BlendFileError):
        read_thumbnail(path)
