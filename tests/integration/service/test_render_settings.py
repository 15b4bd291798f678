"""What a shot changes about how its scene is rendered, from the request to the node's order."""

from __future__ import annotations

import pytest

from brender_farm import wire
from brender_farm.errors import RequestRefused
from brender_farm.service.shots import get_shot
from workers.blender.scene import RenderSettings

ALL = {
    "engine": "cycles",
    "percentage": 50,
    "samples": 16,
    "denoise": False,
    "camera": "Camera",
    "view_layers": "ViewLayer",
    "color_depth": "16",
    "compression": 30,
}


def faults_of(farm, **asked):
    with pytest.raises(RequestRefused) as caught:
        farm.submit(**asked)
    return {fault.field: f"{fault.message} {fault.remedy}" for fault in caught.value.faults}


def order_of(farm, **asked):
    submitted = farm.submit(**asked)
    farm.join()
    (dispatch,) = farm.assign()
    assert dispatch.order.shot_id == submitted.shot.id
    return dispatch.order.scene


def test_what_was_asked_for_reaches_the_node(farm):
    order = order_of(farm, **ALL)
    assert order.render == wire.RenderChanges(
        engine="CYCLES",
        percentage=50,
        samples=16,
        denoise=False,
        camera="Camera",
        view_layers=["ViewLayer"],
        color_depth="16",
        compression=30,
    )
    assert (order.width, order.height) == (None, None)


def test_a_shot_that_changes_nothing_says_nothing(farm):
    assert order_of(farm).render == wire.RenderChanges()
    detail = get_shot(farm.submit().shot.id)
    assert (detail.render, detail.render_words, detail.size_given) == ({}, (), False)


def test_a_shots_size_is_that_of_the_finished_picture(farm):
    scene = get_shot(farm.submit().shot.id)
    half = get_shot(farm.submit(percentage=50).shot.id)
    assert (half.width, half.height) == (scene.width // 2, scene.height // 2)
    third = get_shot(farm.submit(width=1920, height=1080, percentage=33).shot.id)
    assert (third.width, third.height, third.size_given) == (633, 356, True)


@pytest.mark.parametrize("percentage", [None, 1, 7, 33, 50, 99, 100, 101, 150, 333])
def test_the_node_is_told_a_resolution_that_becomes_exactly_that(farm, percentage):
    order = order_of(farm, width=1917, height=1081, percentage=percentage)
    settings = RenderSettings.of(order, threads=4)
    assert settings.percentage == (percentage or 100), "the scene's own must not be taken of it"
    assert settings.width * settings.percentage // 100 == order.width
    assert settings.height * settings.percentage // 100 == order.height


def test_the_words_say_what_is_changed(farm):
    detail = get_shot(farm.submit(**ALL).shot.id)
    assert detail.render_words == (
        "50 % of the resolution",
        "Cycles",
        "16 samples",
        "not denoised",
        "the camera Camera",
        "only the view layer ViewLayer",
        "16 bits a channel",
        "compression 30 %",
    )


@pytest.mark.parametrize(
    ("asked", "field", "says"),
    [
        ({"engine": "LuxCore"}, "engine", "CYCLES, EEVEE, WORKBENCH"),
        ({"percentage": 0}, "percentage", "1 to 1,000"),
        ({"percentage": 1}, "percentage", "4 to 65,536 pixels"),
        ({"percentage": "half"}, "percentage", "whole number"),
        ({"samples": -1}, "samples", "1 to 1,000,000"),
        ({"samples": 1.5}, "samples", "whole number"),
        ({"samples": 4, "engine": "WORKBENCH"}, "samples", "no number of samples"),
        ({"denoise": "perhaps"}, "denoise", "yes or no"),
        ({"denoise": True, "engine": "EEVEE"}, "denoise", "engine CYCLES"),
        ({"camera": "Left"}, "camera", "Choose one of: Camera"),
        ({"view_layers": "ViewLayer, Smoke"}, "view_layers", "no view layer 'Smoke'"),
        ({"view_layers": ["Smoke"]}, "view_layers", "Choose one of: ViewLayer"),
        ({"color_depth": "32"}, "color_depth", "PNG cannot have 32 bits a channel"),
        ({"color_depth": "24"}, "color_depth", "8, 16, 32"),
        ({"color_depth": "16", "format": "JPEG"}, "color_depth", "Choose 8"),
        ({"quality": 80}, "quality", "JPEG or WEBP"),
        ({"quality": 101, "format": "JPEG"}, "quality", "1 to 100"),
        ({"quality": 80, "format": "EXR", "exr_codec": "ZIP"}, "quality", "DWAA or DWAB"),
        ({"compression": 5, "format": "JPEG"}, "compression", "choose PNG"),
        ({"exr_codec": "ZIP"}, "exr_codec", "choose EXR"),
        ({"exr_codec": "LZW", "format": "EXR"}, "exr_codec", "ZIP, ZIPS, PIZ"),
        ({"exr_codec": "B44", "format": "EXR"}, "exr_codec", "color_depth of 16"),
        ({"width": "wide", "height": 5}, "width", "Give both width and height"),
        ({"width": 640}, "width", "Give both width and height"),
    ],
)
def test_what_does_not_go_is_named_with_what_does(farm, asked, field, says):
    found = faults_of(farm, **asked)
    assert list(found) == [field]
    assert says in found[field]


def test_every_fault_is_found_at_once(farm):
    asked = {"engine": "X", "samples": 0, "camera": "Y", "quality": "best", "preset": "Z"}
    assert faults_of(farm, **asked).keys() == asked.keys()


def test_text_from_a_form_means_the_same(farm):
    asked = {"percentage": "50", "samples": " 16 ", "denoise": "no", "engine": "", "camera": ""}
    detail = get_shot(farm.submit(**asked).shot.id)
    assert detail.render == {"percentage": 50, "samples": 16, "denoise": False}


def test_a_view_layer_may_have_a_comma_in_its_name(farm):
    found = faults_of(farm, view_layers=["ViewLayer, Smoke"])
    assert "no view layer 'ViewLayer, Smoke'" in found["view_layers"]


def test_not_to_denoise_is_possible_with_any_engine(farm):
    detail = get_shot(farm.submit(denoise=False, engine="WORKBENCH").shot.id)
    assert detail.render == {"engine": "WORKBENCH"}


def test_a_missing_frame_is_looked_for_in_its_finished_size(farm):
    shot = farm.submit(frames="1", percentage=50, existing="missing", output=str(farm.root / "out"))
    assert shot.shot.pending_count == 1


def test_notes_are_kept(farm):
    assert get_shot(farm.submit(notes=" for the dailies ").shot.id).notes == "for the dailies"
