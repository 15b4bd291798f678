"""What a session says about scenes, and what it refuses."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from brender_farm.errors import BlendChanged, SceneRefused
from workers.blender.scene import RenderSettings, SceneSpec

FUTURE = Path(__file__).parents[2] / "data" / "future.blend"


def test_a_scene_is_described_as_blender_sees_it(session, spec):
    opened = session.open(spec("scenes"))
    assert (opened.scene, opened.width, opened.height) == ("Scene", 160, 90)
    assert (opened.frame_start, opened.frame_end) == (1, 24)
    assert (opened.engine, opened.camera) == ("CYCLES", "Near Scene")


def test_what_is_open_already_is_not_opened_again(session, spec):
    session.open(spec("scenes"))
    opened_count = session.opened_count
    assert session.open(spec("scenes")).warm
    assert session.opened_count == opened_count


def test_other_settings_are_another_scene(session, spec):
    session.open(spec("scenes"))
    opened = session.open(spec("scenes", width=32, height=18))
    assert not opened.warm
    assert (opened.width, opened.height) == (32, 18)


def test_the_percentage_scales_the_image(session, spec):
    opened = session.open(spec("scenes", percentage=33))
    assert (opened.width, opened.height) == (52, 29)


def test_a_scene_is_found_by_name(session, spec):
    opened = session.open(spec("scenes", "Second"))
    assert (opened.scene, opened.width, opened.height) == ("Second", 64, 48)


def test_a_scene_that_is_not_there_is_refused_with_those_that_are(session, spec):
    with pytest.raises(SceneRefused, match=r"no scene 'Third'.*'Blind', 'Scene', 'Second'"):
        session.open(spec("scenes", "Third"))
    assert session.scene_key is None


def test_a_scene_without_a_camera_is_refused(session, spec):
    with pytest.raises(SceneRefused, match="'Blind' has no camera: add one in Blender"):
        session.open(spec("scenes", "Blind"))


def test_the_camera_can_be_chosen(session, spec):
    assert session.open(spec("scenes", camera="Far Scene")).camera == "Far Scene"


def test_a_camera_that_is_not_there_is_refused(session, spec):
    with pytest.raises(SceneRefused, match="no camera named 'Top'"):
        session.open(spec("scenes", camera="Top"))


def test_an_engine_that_is_not_there_is_refused(session, spec):
    with pytest.raises(SceneRefused, match="has no engine 'LUXCORE'"):
        session.open(spec("scenes", engine="LUXCORE"))


def test_eevee_is_found_whatever_this_blender_calls_it(session, spec):
    assert session.open(spec("scenes", engine="EEVEE", samples=3)).engine.startswith("BLENDER_EEV")


def test_a_file_that_changed_since_submit_is_refused(session, spec, tmp_path):
    copy = tmp_path / "copy.blend"
    copy.write_bytes(spec("scenes").path.read_bytes())
    before = SceneSpec.of(copy)
    copy.write_bytes(spec("driver").path.read_bytes())
    with pytest.raises(BlendChanged, match="is not the file that was submitted"):
        session.open(before)


def test_a_file_that_was_only_touched_is_the_same_file(session, spec, tmp_path):
    copy = tmp_path / "copy.blend"
    copy.write_bytes(spec("scenes").path.read_bytes())
    before = SceneSpec.of(copy)
    os.utime(copy, ns=(1, 1))
    session.open(before)
    assert session.open(SceneSpec.of(copy)).warm


def test_a_file_that_is_gone_is_refused(session, spec, tmp_path):
    gone = replace(spec("scenes"), path=tmp_path / "gone.blend")
    with pytest.raises(SceneRefused, match=r"gone\.blend cannot be read on this node"):
        session.open(gone)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99])
def test_a_damaged_file_is_refused_and_the_session_lives_on(session, spec, tmp_path, share):
    whole = spec("scenes")
    damaged = tmp_path / "damaged.blend"
    data = whole.path.read_bytes()
    damaged.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(SceneRefused, match=r"damaged\.blend"):
        session.open(SceneSpec.of(damaged))
    assert session.open(whole).scene == "Scene"


def test_a_file_of_a_newer_blender_is_refused_before_it_can_do_harm(session):
    with pytest.raises(SceneRefused, match="Render on a node with a newer Blender"):
        session.open(SceneSpec.of(FUTURE))
    assert session.alive


def test_scripts_in_a_file_do_not_run_and_the_block_is_told(session, spec, scenes):
    opened = session.open(spec("script"))
    assert "start.py" in opened.blocked_script
    assert not (scenes / "script_ran").exists()


def test_a_blocked_script_is_not_told_of_the_next_file(session, spec):
    session.open(spec("script"))
    assert session.open(spec("scenes")).blocked_script is None


def test_scripts_run_when_the_show_allows_it(start_session, spec, scenes):
    ran = scenes / "script_ran"
    start_session().open(spec("script", autoexec=True))
    assert ran.exists()
    ran.unlink()


def test_a_dropped_scene_must_be_opened_again(session, spec):
    session.open(spec("scenes"))
    session.drop()
    assert session.scene_key is None
    assert not session.open(spec("scenes")).warm


def test_the_key_tells_settings_scenes_and_states_of_a_file_apart(spec):
    one = spec("scenes")
    others = [
        spec("scenes", "Second"),
        spec("film"),
        spec("scenes", samples=3),
        replace(one, digest="another"),
        replace(one, settings=RenderSettings(format="EXR")),
    ]
    assert len({one.key, *(other.key for other in others)}) == len(others) + 1
    assert one.key == spec("scenes").key
