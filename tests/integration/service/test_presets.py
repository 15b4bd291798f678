"""Presets: keeping them, and filling shots in from them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Event, Show
from brender_farm.domain.formats import FORMATS
from brender_farm.errors import NotFound, RequestRefused
from brender_farm.service.preset_actions import (
    add_preset,
    change_preset,
    remove_preset,
    remove_preset_named,
    set_preset,
)
from brender_farm.service.presets import get_preset, list_presets
from brender_farm.service.shots import get_shot


def refused(action):
    with pytest.raises(RequestRefused) as caught:
        action()
    return {fault.field: fault for fault in caught.value.faults}


def add_show(root, preset_id, now):
    with writing() as session:
        show = Show(name="lantern", root=str(root), preset_id=preset_id, created_at=now)
        session.add(show)
        session.flush()
        return show.id


def told():
    with reading() as session:
        wanted = select(Event.reason).where(Event.subject == "preset").order_by(Event.id)
        return list(session.scalars(wanted))


def test_a_shot_takes_what_it_leaves_open_from_its_preset(farm):
    add_preset("Draft", {"percentage": 25, "samples": 8}, actor="mira")
    shot = get_shot(farm.submit(preset="draft").shot.id)
    assert shot.render == {"percentage": 25, "samples": 8}
    assert (shot.width, shot.height) == (40, 22)


def test_a_new_farm_has_two_presets(farm):
    assert [(row.name, row.sentence) for row in list_presets()] == [
        ("1080p", "1920 × 1080"),
        ("720p", "1280 × 720"),
    ]
    shot = get_shot(farm.submit(preset="720p").shot.id)
    assert (shot.width, shot.height) == (1280, 720)


def test_what_is_asked_for_wins_over_the_preset(farm):
    add_preset("Fine", {"samples": 512, "denoise": True}, actor="mira")
    shot = get_shot(farm.submit(preset="Fine", samples=4).shot.id)
    assert shot.render == {"samples": 4, "denoise": True}


def test_a_size_that_is_asked_for_stands_as_it_is(farm):
    add_preset("Half HD", {"width": 1920, "height": 1080, "percentage": 50}, actor="mira")
    asked = get_shot(farm.submit(preset="Half HD", width=640, height=360).shot.id)
    assert (asked.width, asked.height, asked.render) == (640, 360, {})
    scaled = get_shot(farm.submit(preset="Half HD", percentage=25).shot.id)
    assert (scaled.width, scaled.height) == (480, 270)


def test_the_preset_of_the_show_fills_in_what_no_other_preset_does(farm):
    preset = add_preset("Look", {"samples": 7}, actor="mira")
    add_show(farm.root, preset.id, farm.now)
    assert get_shot(farm.submit().shot.id).render == {"samples": 7}
    assert get_shot(farm.submit(preset="720p").shot.id).render == {"percentage": 100}
    assert get_shot(farm.submit(preset="none").shot.id).render == {}
    assert get_preset(preset.id).shows == ("lantern",)


def test_an_unknown_preset_is_refused_with_those_there_are(farm):
    fault = refused(lambda: farm.submit(preset="4K"))["preset"]
    assert "1080p, 720p, none" in fault.remedy


def test_what_a_preset_says_of_its_format_is_left_out_for_another(farm):
    settings = {"format": "EXR", "color_depth": "32", "exr_codec": "DWAA", "quality": 40}
    add_preset("Final", settings, actor="mira")
    final = get_shot(farm.submit(preset="Final").shot.id)
    assert final.format == "EXR"
    assert final.render == {"color_depth": "32", "exr_codec": "DWAA", "quality": 40}
    assert get_shot(farm.submit(preset="Final", format="PNG").shot.id).render == {}


def test_what_a_preset_says_of_its_engine_is_left_out_for_another(farm):
    add_preset("Cycles", {"engine": "CYCLES", "samples": 512, "denoise": True}, actor="mira")
    shot = get_shot(farm.submit(preset="Cycles", engine="EEVEE").shot.id)
    assert shot.render == {"engine": "EEVEE"}


def test_every_detail_of_every_format_can_be_left_out(farm):
    add_preset("PNG 16", {"color_depth": "16", "compression": 90}, actor="mira")
    for name, fmt in FORMATS.items():
        render = get_shot(farm.submit(preset="PNG 16", format=name).shot.id).render
        assert ("color_depth" in render) == ("16" in fmt.depths)
        assert ("compression" in render) == fmt.has_compression


def test_a_preset_can_be_changed_and_shots_keep_what_they_had(farm):
    preset = add_preset("Draft", {"samples": 8}, actor="mira")
    before = farm.submit(preset="Draft").shot.id
    change_preset(preset.id, "Sketch", {"samples": "16"}, actor="mira")
    assert get_preset(preset.id).settings == {"samples": 16}
    assert get_shot(before).render == {"samples": 8}
    assert get_shot(farm.submit(preset="Sketch").shot.id).render == {"samples": 16}
    assert told() == [
        "Preset Draft was added: 8 samples.",
        "Preset Draft → Sketch: 8 samples → 16 samples.",
    ]


def test_what_does_not_change_is_no_event(farm):
    preset = add_preset("Draft", {"samples": 8}, actor="mira")
    change_preset(preset.id, "Draft", {"samples": 8}, actor="mira")
    assert len(told()) == 1


def test_single_settings_can_be_set_and_removed(farm):
    set_preset("Draft", {"samples": "8", "denoise": "no"}, actor="mira")
    row = set_preset("draft", {"samples": "", "percentage": "50"}, actor="mira")
    assert row.name == "Draft"
    assert row.settings == {"percentage": 50, "denoise": False}
    assert row.words == ("50 % of the resolution", "not denoised")


def test_a_removed_preset_is_gone_from_its_shows(farm):
    preset = add_preset("Look", {"samples": 7}, actor="mira")
    show_id = add_show(farm.root, preset.id, farm.now)
    assert remove_preset(preset.id, actor="mira").shows == ("lantern",)
    with reading() as session:
        assert session.get_one(Show, show_id).preset_id is None
    assert get_shot(farm.submit().shot.id).render == {}
    with pytest.raises(NotFound, match="There is no preset"):
        remove_preset(preset.id, actor="mira")
    with pytest.raises(NotFound, match="brender presets"):
        remove_preset_named("Look", actor="mira")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"samples": "many"}, "samples"),
        ({"percentage": 0}, "percentage"),
        ({"width": 1920}, "height"),
        ({"width": 1, "height": 1}, "width"),
        ({"format": "GIF"}, "format"),
        ({"format": "PNG", "color_depth": "32"}, "color_depth"),
        ({"format": "PNG", "quality": 50}, "quality"),
        ({"format": "JPEG", "exr_codec": "ZIP"}, "exr_codec"),
        ({"format": "EXR", "exr_codec": "B44", "color_depth": "32"}, "exr_codec"),
        ({"engine": "WORKBENCH", "samples": 4}, "samples"),
        ({"engine": "EEVEE", "denoise": True}, "denoise"),
        ({"device": "toaster"}, "device"),
        ({"camera": "Near"}, "camera"),
        ({}, "name"),
        ({"samples": ""}, "name"),
    ],
)
def test_what_a_preset_cannot_set_is_named(farm, asked, field):
    assert field in refused(lambda: add_preset("Odd", asked, actor="mira"))
    assert len(list_presets()) == 2


@pytest.mark.parametrize("name", ["", "none", "NONE", "1080P", "x" * 101, "a\nb\0"])
def test_a_name_must_be_its_own_and_printable(farm, name):
    assert "name" in refused(lambda: add_preset(name, {"samples": 4}, actor="mira"))


def test_every_fault_is_found_at_once(farm):
    found = refused(lambda: add_preset("", {"samples": 0, "engine": "X"}, actor="mira"))
    assert found.keys() == {"name", "samples", "engine"}


def test_a_list_takes_two_queries_for_any_number(farm):
    for number in range(20):
        add_preset(f"P{number}", {"samples": 4}, actor="mira")
    with farm.counted_queries() as seen:
        list_presets()
    assert len(seen) == 2


def test_a_part_of_a_size_is_said_in_one_phrase(farm):
    row = add_preset("Half HD", {"width": 1920, "height": 1080, "percentage": 50}, actor="mira")
    assert row.words == ("50 % of 1920 × 1080",)
