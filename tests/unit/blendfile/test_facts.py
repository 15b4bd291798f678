from __future__ import annotations

import gzip
import shutil
import time

import pytest
import zstandard

from brender_farm.blendfile.facts import inspect
from brender_farm.blendfile.scenes import SceneFacts
from brender_farm.errors import BlendFileError


def scene_of(path, name=None) -> SceneFacts:
    scene = inspect(path).scene(name)
    assert scene is not None
    return scene


def test_the_tiny_scene_is_read_in_full(data):
    path = data / "tiny.blend"
    facts = inspect(path)
    assert facts.path == path
    assert facts.size_bytes == path.stat().st_size
    assert facts.mtime_ns == path.stat().st_mtime_ns
    assert facts.blender_version == "4.5"
    assert facts.active_scene == "Scene"
    assert facts.missing == ()
    assert facts.external_count == 0
    assert facts.trace_complete
    assert facts.scenes == (
        SceneFacts(
            name="Scene",
            frame_start=1,
            frame_end=24,
            frame_step=1,
            fps=24.0,
            engine="CYCLES",
            width=160,
            height=90,
            percentage=100,
            format="PNG",
            is_film=False,
            output="//frames/",
            camera="Camera",
            cameras=("Camera",),
            view_layers=("ViewLayer",),
            samples=2,
        ),
    )


@pytest.mark.parametrize("name", ["tiny_gzip", "old_34", "future"])
def test_other_packings_and_versions_say_the_same(data, name):
    assert inspect(data / f"{name}.blend").scenes == inspect(data / "tiny.blend").scenes


def test_blender_5s_layout_says_the_same(data, tmp_path, tiny_5):
    path = tmp_path / "five.blend"
    path.write_bytes(tiny_5)
    facts = inspect(path)
    assert facts.blender_version == "5.0"
    assert facts.scenes == inspect(data / "tiny.blend").scenes


def test_a_file_of_many_zstd_frames_is_read(data, tmp_path, tiny):
    path = tmp_path / "frames.blend"
    pack = zstandard.ZstdCompressor().compress
    path.write_bytes(b"".join(pack(tiny[at : at + 30_000]) for at in range(0, len(tiny), 30_000)))
    assert inspect(path).scenes == inspect(data / "tiny.blend").scenes


def test_the_scene_that_blender_opens_is_the_active_one(data):
    facts = inspect(data / "two_scenes.blend")
    assert facts.active_scene == "Alt"
    assert {scene.name for scene in facts.scenes} == {"Main", "Alt"}


def test_each_scene_has_its_own_settings(data):
    alt = scene_of(data / "two_scenes.blend")
    main = scene_of(data / "two_scenes.blend", "Main")
    assert (alt.width, alt.height, alt.percentage) == (320, 200, 50)
    assert (alt.frame_start, alt.frame_end, alt.frame_step, alt.fps) == (10, 40, 2, 30.0)
    assert (alt.format, alt.camera, alt.cameras) == (
        "OPEN_EXR",
        "AltFront",
        ("AltFront", "AltSide"),
    )
    assert alt.view_layers == ("Beauty", "Shadow")
    assert (main.width, main.height, main.cameras) == (160, 90, ("Camera",))


def test_an_unknown_scene_is_none(data):
    assert inspect(data / "tiny.blend").scene("Nowhere") is None


def test_a_film_format_is_told(data):
    scene = scene_of(data / "film.blend")
    assert (scene.format, scene.is_film) == ("FFMPEG", True)


def test_a_scene_without_a_camera_says_so(data):
    scene = scene_of(data / "no_camera.blend")
    assert (scene.camera, scene.cameras) == (None, ())


def test_workbench_has_no_samples(data):
    scene = scene_of(data / "tiny_workbench.blend")
    assert (scene.engine, scene.samples) == ("BLENDER_WORKBENCH", None)


def test_the_demo_is_complete_and_small(data):
    demo = data.parents[1] / "brender_farm" / "demo" / "spinning.blend"
    facts = inspect(demo)
    assert facts.size_bytes < 300_000
    assert (facts.missing, facts.external_count) == ((), 0)
    scene = facts.scene()
    assert scene is not None
    assert (scene.frame_start, scene.frame_end, scene.engine) == (1, 48, "CYCLES")


def test_a_small_file_takes_a_few_milliseconds(data, tmp_path):
    durations = []
    for number in range(5):
        path = shutil.copy(data / "tiny.blend", tmp_path / f"{number}.blend")
        start = time.perf_counter()
        inspect(path)
        durations.append(time.perf_counter() - start)
    assert min(durations) < 0.02


def test_a_changed_file_is_read_anew(data, tmp_path):
    path = tmp_path / "scene.blend"
    shutil.copy(data / "tiny.blend", path)
    assert inspect(path).active_scene == "Scene"
    shutil.copy(data / "two_scenes.blend", path)
    assert inspect(path).active_scene == "Alt"


PACKERS = [
    pytest.param(bytes, id="plain"),
    pytest.param(gzip.compress, id="gzip"),
    pytest.param(zstandard.ZstdCompressor(write_checksum=True).compress, id="zstd"),
]


@pytest.mark.parametrize("pack", PACKERS)
def test_a_file_cut_anywhere_is_refused(tmp_path, tiny, pack):
    whole = pack(tiny)
    path = tmp_path / "cut.blend"
    cuts = {
        *range(1, len(whole), len(whole) // 40),
        *range(len(whole) - 30, len(whole)),
        11,
        12,
        13,
    }
    for cut in sorted(cuts):
        path.write_bytes(whole[:cut])
        with pytest.raises(BlendFileError, match=r"cut short|damaged|does not begin like one"):
            inspect(path)


def test_a_cut_file_says_what_to_do(data, tmp_path):
    whole = (data / "tiny.blend").read_bytes()
    path = tmp_path / "cut.blend"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BlendFileError, match=r"cut short: its end is missing\. Copy it again"):
        inspect(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BlendFileError, match="does not exist"):
        inspect(tmp_path / "nowhere.blend")


def test_a_file_without_a_scene_is_refused(tmp_path, tiny):
    path = tmp_path / "empty.blend"
    path.write_bytes(tiny.replace(b"SC\0\0", b"XX\0\0"))
    with pytest.raises(BlendFileError, match="no scene in it"):
        inspect(path)


def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path, monkeypatch, tiny):
    monkeypatch.setattr("brender_farm.blendfile.container._ALWAYS_UNPACKED_BYTES", 1_000_000)
    monkeypatch.setattr("brender_farm.blendfile.container._MAX_RATIO", 2)
    path = tmp_path / "bomb.blend"
    path.write_bytes(zstandard.ZstdCompressor().compress(tiny + bytes(50_000_000)))
    with pytest.raises(BlendFileError, match="unpacks to more than"):
        inspect(path)
