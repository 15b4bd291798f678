from __future__ import annotations

import pytest

from brender_farm.domain.formats import (
    DEFAULT_FORMAT,
    EXR_CODECS,
    FORMATS,
    HALF_CODECS,
    LOSSY_CODECS,
    find_format,
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("PNG", "PNG"),
        ("png", "PNG"),
        (" Exr ", "EXR"),
        ("OPEN_EXR", "EXR"),
        ("OpenEXR", "EXR"),
        ("OPEN_EXR_MULTILAYER", "EXR_MULTILAYER"),
        ("jpg", "JPEG"),
        ("tif", "TIFF"),
        ("tga", "TARGA"),
        ("webp", "WEBP"),
    ],
)
def test_a_format_goes_by_several_names(name, found):
    assert find_format(name) is FORMATS[found]


@pytest.mark.parametrize("name", ["", "FFMPEG", "GIF", "PNG2", "mp4"])
def test_what_is_not_rendered_is_not_found(name):
    assert find_format(name) is None


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_each_format_is_found_by_its_own_and_by_blenders_name(fmt):
    assert find_format(fmt.name) is find_format(fmt.blender_id) is fmt
    assert fmt.extension == fmt.extension.lower()
    assert "." not in fmt.extension


def test_the_default_is_one_of_them():
    assert DEFAULT_FORMAT in FORMATS


def test_every_format_has_a_depth_and_floats_are_wider():
    for fmt in FORMATS.values():
        assert fmt.depths
        assert ("32" in fmt.depths) == fmt.floating


def test_what_is_lossy_or_needs_half_floats_is_a_codec():
    assert {*LOSSY_CODECS, *HALF_CODECS} < {*EXR_CODECS}
    assert all(fmt.codecs in ((), EXR_CODECS) for fmt in FORMATS.values())
