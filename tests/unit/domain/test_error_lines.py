from __future__ import annotations

import pytest

from brender_farm.domain.error_lines import error_lines, is_error, without_stamp

CYCLES = (
    "Fra:5 Mem:8.74M (Peak 9.74M) | Time:00:00.01 | Remaining:00:00.00 | Mem:0.58M, Peak:0.50M "
    "| Scene, ViewLayer | Sample 1/2"
)


@pytest.mark.parametrize(
    "line",
    [
        "Error: Cannot render, no camera",
        "Error: Render error (No space left on device) cannot save: '/dev/full'",
        "Error: Loading '/a.blend' failed: Failed to read blend file '/a.blend': Missing DNA block",
        "Build without OpenImageDenoiser",
        "imb_savepng: Cannot open file for writing: '/proc/nope/x.png'",
        "libpng error: Write Error",
        "/dev/full: No space left on device",
        "Malloc returns null: len=17179869184 in Image, total 1",
        "System is out of memory",
        "Traceback (most recent call last):",
    ],
)
def test_lines_that_someone_should_see_are_errors(line):
    assert is_error(line)


@pytest.mark.parametrize(
    "line",
    [
        CYCLES,
        "Fra:1 Mem:8.27M (Peak 8.27M) | Scene, ViewLayer | Synchronizing object | Error: cube",
        'Read blend: "/shots/error.blend"',
        "Saved: '/out/0001.png'",
        'Info: Saved "linked.blend"',
        "Time: 00:00.07 (Saving: 00:00.06)",
    ],
)
def test_lines_of_a_healthy_render_are_none(line):
    assert not is_error(line)


def test_a_lines_time_is_no_part_of_it():
    assert without_stamp("12:03:04.567 Error: no camera") == "Error: no camera"
    assert without_stamp("Error: no camera") == "Error: no camera"


def test_the_last_errors_of_a_log_are_found_each_once():
    log = [
        "12:00:00.000 Error: old",
        "12:00:01.000 Error: cannot open a.png",
        f"12:00:02.000 {CYCLES}",
        "12:00:03.000 System is out of memory",
        "12:00:04.000 Error: cannot open a.png",
    ]
    assert error_lines(log, 2) == ["System is out of memory", "Error: cannot open a.png"]
    assert error_lines(["Saved: '/out/0001.png'"], 2) == []
