from __future__ import annotations

import pytest

from brender_farm.domain.explain import explain


@pytest.mark.parametrize(
    ("reason", "tail", "meaning"),
    [
        (
            "Blender ended with signal 9.",
            "Malloc returns null: len=8 in x",
            "memory",
        ),
        ("Blender ended with signal 11.", "Fra:1 Mem:3M", "crashed or was killed"),
        ("Frame failed.", "Fra:1 Mem:1M\nSystem is out of GPU and shared host memory", "memory"),
        ("Cannot save", "Error: Build without OpenImageDenoiser", "denoiser"),
        ("x", "Warning: Unable to open '/show/tex/wood.png': No such file", "texture"),
        ("Blender hung: no output and no processor time for 300 s.", "", "stood still"),
        ("[Errno 28] No space left on device", "", "disk was full"),
        ("“Scene” has no camera.", "", "no camera"),
    ],
)
def test_known_failures_are_explained(reason, tail, meaning):
    found = explain(reason, tail)
    assert meaning in found.meaning
    assert found.remedy


def test_what_is_not_known_is_not_explained():
    assert explain("Something odd.", "Fra:1 Mem:10M | Sample 3/12") is None


def test_the_reason_counts_before_the_log():
    found = explain("The frame took longer than 10 s: the time limit.", "No space left on device")
    assert "longer" in found.meaning
