from __future__ import annotations

import os
from dataclasses import fields, replace

import pytest

from brender_farm import wire
from brender_farm.errors import BlendChanged, SceneRefused
from workers.blender.scene import RenderSettings, SceneSpec


@pytest.fixture
def described(tmp_path):
    path = tmp_path / "scene.blend"
    path.write_bytes(b"BLENDER one")
    return SceneSpec.of(path)


def test_the_file_that_was_described_is_unchanged(described):
    described.check_unchanged()


def test_a_file_that_was_touched_or_copied_is_the_same(described):
    os.utime(described.path, ns=(5, 5))
    described.check_unchanged()


def test_other_bytes_are_another_file_even_with_the_old_size_and_time(described):
    described.path.write_bytes(b"BLENDER two")
    os.utime(described.path, ns=(described.mtime_ns, described.mtime_ns))
    with pytest.raises(BlendChanged, match="not the file that was submitted"):
        described.check_unchanged()


def test_a_file_that_is_gone_says_so(described):
    described.path.unlink()
    with pytest.raises(SceneRefused, match="cannot be read on this node"):
        described.check_unchanged()


def test_without_a_recorded_digest_size_and_time_decide(described):
    old = replace(described, digest=None, ctime_ns=0)
    old.check_unchanged()
    os.utime(described.path, ns=(5, 5))
    with pytest.raises(BlendChanged):
        old.check_unchanged()


def order(**asked):
    return wire.SceneOrder(
        blend="/x.blend",
        size_bytes=1,
        mtime_ns=1,
        ctime_ns=1,
        digest=None,
        scene="Scene",
        format="PNG",
        **asked,
    )


def test_an_order_that_changes_nothing_leaves_the_scene_as_it_is():
    assert RenderSettings.of(order(), threads=4) == RenderSettings(threads=4)


def test_every_change_of_an_order_reaches_blender():
    changes = wire.RenderChanges(
        engine="EEVEE",
        percentage=50,
        samples=8,
        denoise=False,
        camera="Near",
        view_layers=["With"],
        color_depth="16",
        quality=40,
        compression=90,
        exr_codec="DWAA",
    )
    command = RenderSettings.of(order(render=changes, device="gpu"), threads=4).as_command()
    for name in changes.__struct_fields__:
        said = getattr(changes, name)
        assert command[name] == (tuple(said) if isinstance(said, list) else said)
    assert command["device"] == "gpu"


def test_a_size_that_was_asked_for_is_rendered_whole():
    settings = RenderSettings.of(order(width=640, height=360), threads=None)
    assert (settings.width, settings.height, settings.percentage) == (640, 360, 100)


def test_each_setting_makes_another_scene(described):
    changed = {
        "format": "EXR", "width": 9, "height": 9, "percentage": 9, "samples": 9, "denoise": False,
        "engine": "EEVEE", "camera": "Near", "view_layers": ("With",), "color_depth": "16",
        "quality": 9, "compression": 9, "exr_codec": "ZIP", "threads": 9, "device": "cpu",
        "autoexec": True,
    }  # fmt: skip
    assert changed.keys() == {field.name for field in fields(RenderSettings)}
    keys = {
        replace(described, settings=RenderSettings(**{name: value})).key
        for name, value in changed.items()
    }
    assert len(keys | {described.key}) == len(changed) + 1
