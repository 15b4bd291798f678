from __future__ import annotations

import pytest

from brender_farm.domain.versions import can_open, parse_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("4.5", (4, 5)),
        ("4.5.15", (4, 5)),
        ("v3.4.1", (3, 4)),
        ("2.79", (2, 79)),
        ("10.12", (10, 12)),
        ("", (0, 0)),
        ("newest", (0, 0)),
        ("4", (0, 0)),
    ],
)
def test_a_version_is_its_major_and_minor_number(text, version):
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("blender", "file", "possible"),
    [
        pytest.param("4.5.15", "4.5", True, id="same"),
        pytest.param("4.5", "3.4", True, id="older-file"),
        pytest.param("3.4.1", "4.5", False, id="newer-file"),
        pytest.param("4.10", "4.9", True, id="as-numbers-not-as-text"),
        pytest.param("4.9", "4.10", False, id="as-numbers-not-as-text-either"),
        pytest.param("", "4.5", False, id="unknown-blender"),
    ],
)
def test_a_blender_opens_files_of_its_own_version_and_older(blender, file, possible):
    assert can_open(blender, file) is possible
