from __future__ import annotations

import json

from brender_farm.client import get_shot


def test_presets_are_set_listed_and_removed(brender):
    shown = brender("presets", "set", "Draft", "percentage=25", "samples=16", "denoise=no")
    assert shown.output == "Draft: 25 % of the resolution, 16 samples, not denoised.\n"
    heads, *rows = brender("presets").output.splitlines()
    assert heads.split() == ["NAME", "SHOWS", "SETS"]
    assert [row.split()[0] for row in rows] == ["1080p", "720p", "Draft"]
    listed = json.loads(brender("presets", "--json").output)
    assert listed[2]["settings"] == {"percentage": 25, "samples": 16, "denoise": False}
    assert brender("presets", "set", "draft", "samples=").output == (
        "Draft: 25 % of the resolution, not denoised.\n"
    )
    assert brender("presets", "remove", "Draft", "--yes").output == "Preset Draft is removed.\n"
    assert "There is no preset 'Draft'" in brender("presets", "remove", "Draft").stderr


def test_what_is_no_setting_is_one_clear_line(brender):
    shown = brender("presets", "set", "Draft", "color-depth=9")
    assert shown.exit_code == 1
    assert "'9' is not a number of bits a channel. Choose one of 8, 16, 32" in shown.stderr
    assert "has no '='" in brender("presets", "set", "Draft", "samples").stderr


def test_a_scene_is_submitted_with_render_settings(brender, scene):
    shown = brender(
        *("submit", scene, "--preset", "720p", "--engine", "cycles", "--samples", 8),
        *("--percentage", 50, "--no-denoise", "--camera", "Camera", "--view-layers", "ViewLayer"),
        *("--format", "EXR", "--color-depth", 16, "--exr-codec", "dwaa", "--quality", 40),
        *("--notes", "for the dailies"),
    )
    assert shown.exit_code == 0, shown.stderr
    detail = get_shot(1).detail
    assert (detail.width, detail.height, detail.notes) == (640, 360, "for the dailies")
    assert detail.render == {
        "engine": "CYCLES",
        "percentage": 50,
        "samples": 8,
        "denoise": False,
        "camera": "Camera",
        "view_layers": ["ViewLayer"],
        "color_depth": "16",
        "quality": 40,
        "exr_codec": "DWAA",
    }


def test_what_is_left_out_is_as_the_scene_says(brender, scene):
    assert brender("submit", scene).exit_code == 0
    assert get_shot(1).detail.render == {}


def test_png_takes_a_compression(brender, scene):
    assert brender("submit", scene, "--compression", 90, "--denoise").exit_code == 0
    assert "  rendered  denoised, compression 90 %\n" in brender("shot", 1).output
    assert get_shot(1).detail.render == {"denoise": True, "compression": 90}
