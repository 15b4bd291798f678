"""Names out of a .blend can name a file below a folder, and nothing else."""

from __future__ import annotations

import pytest

from workers.blender.filenames import LONGEST_BYTES, safe_folder, safe_path, unused


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Image", "Image"),
        ("sub/Mask_", "sub/Mask_"),
        ("{scene_name}_##", "{scene_name}_##"),
        ("../../evil", "evil"),
        ("/etc/passwd", "etc/passwd"),
        ("//beside/the.blend", "beside/the.blend"),
        (r"..\..\C:\evil", "C:/evil"),
        ("a/./b/../c//d/", "a/b/c/d"),
        (" .. / . /x", "x"),
        ("x\ny\0z", "xyz"),
        ("half \udc80", "half ?"),
        ("..", ""),
        ("", ""),
    ],
)
def test_a_path_stays_below_wherever_it_is_put(text, path):
    assert safe_path(text) == path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Beauty", "Beauty"),
        ("File Output.001", "File Output_001"),
        ("Tür 漢字", "Tür 漢字"),
        ("../x", "x"),
        (".brender", "brender"),
        ("0001.png", "0001_png"),
        ("...", "instead"),
        ("", "instead"),
    ],
)
def test_a_folders_name_has_no_dots_and_no_slashes(text, name):
    assert safe_folder(text, "instead") == name


@pytest.mark.parametrize("make", [safe_path, lambda text: safe_folder(text, "instead")])
def test_a_long_name_is_cut_between_letters(make):
    assert make("漢" * 300) == "漢" * (LONGEST_BYTES // 3)


def test_a_name_that_is_taken_in_any_letter_case_gets_a_number():
    taken = set()
    assert [unused(name, taken) for name in ("a", "A", "a", "b")] == ["a", "A_2", "a_3", "b"]
