"""Where a show's frames go below its root."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.output_pattern import (
    EXAMPLE,
    PatternRefused,
    read_pattern,
    safe_name,
)

VALUES = {"show": "film", "shot": "sh010", "scene": "Scene", "user": "mira", "date": "2030-01-01"}


def filled(text: str, version: int = 1, **values: str) -> tuple[str, str, int]:
    pattern = read_pattern(text)
    folders, prefix = pattern.fill(VALUES | values, version)
    return "/".join(folders), prefix, pattern.padding


@pytest.mark.parametrize(
    ("text", "folder", "prefix", "padding"),
    [
        ("{show}/{shot}/v{version:03}/{frame:04}.{ext}", "film/sh010/v002", "", 4),
        (EXAMPLE, "renders/sh010/v002", "sh010_", 4),
        ("v{version}/{shot}/{scene}.{user}.{frame:06}.{ext}", "v2/sh010", "Scene.mira.", 6),
        ("{shot}/{frame}.{ext}", "sh010", "", 1),
        ("{date}/{shot}_v{version:4}/{shot}_v{version:4}.{frame:04}.{ext}",
         "2030-01-01/sh010_v0002", "sh010_v0002.", 4),
        ("out put/{shot}/{frame:04}.{ext}", "out put/sh010", "", 4),
    ],
)  # fmt: skip
def test_a_pattern_is_filled_with_what_a_shot_is(text, folder, prefix, padding):
    assert filled(text, 2) == (folder, prefix, padding)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no name of a folder or file"),
        ("{shot}/v{version:03}", "must end with"),
        ("{shot}/{frame:04}.png", "must end with"),
        ("{shot}/{frame:04}", "must end with"),
        ("{shot}/{frame:04}_x.{ext}", "must end with"),
        ("{shot}/{frame:11}.{ext}", "1 to 10 digits"),
        ("{shot}/{frame:00}.{ext}", "1 to 10 digits"),
        ("{shot}_{frame:04}.{ext}", "folder of its own"),
        ("{user}/{shot}_{frame:04}.{ext}", "folder of its own"),
        ("{shot}/v{version:03}_{frame:04}.{ext}", "version needs a folder"),
        ("{frame:04}/{shot}/{frame:04}.{ext}", "only stand at the end"),
        ("{shot}/{ext}_{frame:04}.{ext}", "only stand at the end"),
        ("/{shot}/{frame:04}.{ext}", "no name of a folder"),
        ("{shot}//{frame:04}.{ext}", "no name of a folder"),
        ("../{shot}/{frame:04}.{ext}", "no name of a folder"),
        ("{shot}/../{frame:04}.{ext}", "no name of a folder"),
        (".brender/{shot}/{frame:04}.{ext}", "no name of a folder"),
        ("{shot}/.{frame:04}.{ext}", "no name of a folder"),
        ("{shot} /{frame:04}.{ext}", "ends with a dot or space"),
        ("{shot}./{frame:04}.{ext}", "ends with a dot or space"),
        ("C:\\{shot}/{frame:04}.{ext}", "cannot be in a file's name"),
        ("{shot}/a\nb/{frame:04}.{ext}", "cannot be in a file's name"),
        ("{shot}/con/{frame:04}.{ext}", "Windows"),
        ("{shot}/{blend}/{frame:04}.{ext}", "no field"),
        ("{shot}/{version:x}/{frame:04}.{ext}", "no field"),
        ("{shot:03}/{frame:04}.{ext}", "have digits"),
        ("{shot}/{frame:04}.{ext}}", "must end with|cannot be in"),
        ("{shot/{frame:04}.{ext}", "cannot be in a file's name"),
        ("{shot.__class__}/{frame:04}.{ext}", "no field"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(text, why):
    with pytest.raises(PatternRefused, match=why):
        read_pattern(text)


@pytest.mark.parametrize(
    ("text", "folders", "names"),
    [
        ("{shot}/v{version:03}/{frame:04}.{ext}", ("sh010",), {"v001": 1, "v12": 12, "v": None}),
        ("v{version}/{shot}/{frame:04}.{ext}", (), {"v3": 3, "v3b": None, "xv3": None}),
        ("{shot}_{version:02}_{version:02}/{frame}.{ext}", (),
         {"sh010_03_03": 3, "sh020_03_03": None}),
    ],
)  # fmt: skip
def test_versions_are_recognised_by_their_folders_names(text, folders, names):
    above, name = read_pattern(text).version_place(VALUES)
    assert above == folders
    assert {
        each: (int(match[1]) if (match := name.fullmatch(each)) else None) for each in names
    } == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sh 010/../x", "sh_010_.._x"),
        ("..", "shot"),
        (".hidden", "hidden"),
        ("a\\b:c*?\"<>|", "a_b_c"),
        ("Über 01", "Über_01"),
        ("con", "con_"),
        ("NUL.txt", "NUL.txt_"),
        ("", "shot"),
        ("{frame}%04d####", "frame_04d"),
    ],
)  # fmt: skip
def test_what_people_wrote_becomes_a_files_name(text, name):
    assert safe_name(text, "shot") == name


@given(st.text(max_size=300))
def test_any_text_becomes_one_harmless_name(text):
    name = safe_name(text, "shot")
    assert name
    assert len(name.encode()) <= 200
    assert not set(name) & set('/\\:*?"<>|#%{} \n\0')
    assert not {name[0], name[-1]} & set(". ")


def test_a_name_that_grows_too_long_is_refused_with_the_name():
    long = "x" * 120
    with pytest.raises(PatternRefused, match="more than 200 bytes"):
        filled("{shot}_{show}/{frame:04}.{ext}", shot=long, show=long)
