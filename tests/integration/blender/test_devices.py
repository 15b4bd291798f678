"""What Cycles renders on, in a real Blender of each kind."""

from __future__ import annotations

import OpenImageIO
import pytest

from brender_farm.errors import SceneRefused


def pixels(path):
    return OpenImageIO.ImageBuf(str(path)).get_pixels(OpenImageIO.UINT8).tobytes()


def test_a_scene_saved_for_the_gpu_is_rendered_on_the_cpu_when_asked(
    session, spec, scenes, tmp_path
):
    session.open(spec("gpu", device="cpu"))
    session.render(5, tmp_path / "gpu.png")
    session.open(spec("plain"))
    session.render(5, tmp_path / "plain.png")
    assert pixels(tmp_path / "gpu.png") == pixels(tmp_path / "plain.png")


def test_two_devices_are_two_scenes_for_a_session(session, spec):
    assert spec("gpu").key != spec("gpu", device="cpu").key
    session.open(spec("gpu"))
    assert not session.open(spec("gpu", device="cpu")).warm
    assert session.open(spec("gpu", device="cpu")).warm


def test_the_gpu_is_used_or_its_absence_is_told(session, spec, tmp_path):
    if session.gpus():
        session.open(spec("gpu", device="gpu"))
        session.render(5, tmp_path / "gpu.png")
        return
    with pytest.raises(SceneRefused, match="no GPU that Cycles can use") as refused:
        session.open(spec("gpu", device="gpu"))
    assert not refused.value.permanent
    session.open(spec("gpu"))
    session.render(5, tmp_path / "on.png")


def test_a_scene_that_is_not_of_cycles_needs_no_device(session, spec):
    opened = session.open(spec("gpu", engine="BLENDER_WORKBENCH", device="gpu"))
    assert opened.engine == "BLENDER_WORKBENCH"
