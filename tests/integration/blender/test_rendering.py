"""Frames: the right pixels, in the right file, or a reason in plain words."""

from __future__ import annotations

import OpenImageIO
import pytest

from brender_farm.domain.formats import FORMATS
from brender_farm.errors import FrameFailed, SceneRefused, SessionDied
from workers.blender.output import Progress


def pixels(path):
    return OpenImageIO.ImageBuf(str(path)).get_pixels(OpenImageIO.UINT8).tobytes()


@pytest.mark.parametrize("frame", [5, 15], ids=["first camera", "camera of a marker"])
def test_a_frame_looks_as_if_blender_had_rendered_it_alone(session, spec, scenes, tmp_path, frame):
    session.open(spec("scenes"))
    target = tmp_path / "frame.png"
    session.render(frame, target)
    assert pixels(target) == pixels(scenes / f"scenes_{frame:04d}.png")


def test_frames_can_be_rendered_in_any_order(session, spec, scenes, tmp_path):
    session.open(spec("scenes"))
    for frame in (15, 1, 5):
        session.render(frame, tmp_path / f"{frame}.png")
    assert pixels(tmp_path / "5.png") == pixels(scenes / "scenes_0005.png")
    assert pixels(tmp_path / "15.png") == pixels(scenes / "scenes_0015.png")


def test_the_scene_of_the_shot_is_rendered_and_not_the_active_one(session, spec, scenes, tmp_path):
    session.open(spec("scenes", "Second"))
    session.render(5, tmp_path / "frame.png")
    assert pixels(tmp_path / "frame.png") == pixels(scenes / "second_0005.png")


def test_a_driver_that_reads_the_frame_range_still_sees_it(session, spec, scenes, tmp_path):
    session.open(spec("driver"))
    session.render(5, tmp_path / "frame.png")
    assert pixels(tmp_path / "frame.png") == pixels(scenes / "driver_0005.png")


def test_a_chosen_camera_is_not_switched_by_markers(session, spec, scenes, tmp_path):
    session.open(spec("scenes", camera="Near Scene"))
    session.render(15, tmp_path / "frame.png")
    assert pixels(tmp_path / "frame.png") != pixels(scenes / "scenes_0015.png")


def test_what_was_written_is_told(session, spec, tmp_path):
    session.open(spec("scenes"))
    frame_count = session.frame_count
    written = session.render(3, tmp_path / "frame.png")
    assert (written.frame, written.path) == (3, tmp_path / "frame.png")
    assert (written.width, written.height) == (160, 90)
    assert written.seconds > 0
    assert written.peak_bytes > 50_000_000
    assert session.frame_count == frame_count + 1


@pytest.mark.parametrize(
    "name",
    ["frame.png", "sh#1 {x} 100%.png", "no extension", "wrong.exr", "ünï ✓.png", "#####.png"],
)
def test_the_file_has_exactly_the_name_it_was_given(session, spec, tmp_path, name):
    session.open(spec("scenes", format="PNG"))
    folder = tmp_path / "take #3 {a}"
    folder.mkdir()
    session.render(7, folder / name)
    assert [path.name for path in folder.iterdir()] == [name]


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_every_format_gives_a_file_that_can_be_proven(session, spec, prover, tmp_path, fmt):
    opened = session.open(spec("scenes", format=fmt.name))
    target = tmp_path / f"frame.{fmt.extension}"
    session.render(5, target)
    proof = prover.prove(target, opened.width, opened.height, fmt, timeout_s=60)
    assert not proof.is_black
    assert proof.nan_count == 0


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_no_part_of_a_file_can_be_missing(session, spec, prover, tmp_path, fmt):
    opened = session.open(spec("scenes", format=fmt.name))
    whole, cut = (tmp_path / f"{name}.{fmt.extension}" for name in ("whole", "cut"))
    session.render(5, whole)
    data = whole.read_bytes()
    ends = [len(data) * share // 12 for share in range(12)]
    for end in [*ends, *(len(data) - missing for missing in (1, 2, 5, 17, 20, 27, 40))]:
        cut.write_bytes(data[:end])
        with pytest.raises(FrameFailed):
            prover.prove(cut, opened.width, opened.height, fmt, timeout_s=60)


@pytest.mark.parametrize("number", range(3))
def test_a_border_gives_an_image_of_the_size_that_was_told(session, spec, tmp_path, number):
    opened = session.open(spec(f"border{number}"))
    written = session.render(1, tmp_path / "frame.png")
    image = OpenImageIO.ImageBuf(str(tmp_path / "frame.png")).spec()
    assert (image.width, image.height) == (opened.width, opened.height)
    assert (written.width, written.height) == (opened.width, opened.height)
    assert opened.width < 144


def test_a_film_becomes_one_image_for_each_frame(session, spec, scenes, prover, tmp_path):
    session.open(spec("film"))
    for frame in (1, 3, 24):
        session.render(frame, tmp_path / f"{frame}.png")
    for frame in (1, 3, 24):
        prover.prove(tmp_path / f"{frame}.png", 160, 90, FORMATS["PNG"], timeout_s=60)
    assert len(list(tmp_path.iterdir())) == 3
    assert not (scenes / "elsewhere").exists()


def test_an_existing_file_is_replaced(session, spec, scenes, tmp_path):
    target = tmp_path / "frame.png"
    target.write_text("an older frame")
    session.open(spec("film"))
    session.render(5, target)
    assert target.read_bytes().startswith(b"\x89PNG")


def test_progress_counts_the_samples_of_the_shot(session, spec, tmp_path):
    session.open(spec("scenes", samples=5))
    seen = []
    started = []
    session.render(
        1, tmp_path / "f.png", on_started=lambda: started.append(1), on_progress=seen.append
    )
    assert started == [1]
    assert seen[-1] == Progress(sample=5, sample_count=5)


def test_a_target_that_cannot_be_written_fails_the_frame_and_nothing_else(session, spec, tmp_path):
    session.open(spec("scenes"))
    (tmp_path / "gone").write_text("a file where a folder should be")
    with pytest.raises(FrameFailed, match=r"cannot save.*Check the output folder"):
        session.render(1, tmp_path / "gone" / "frame.png")
    session.render(1, tmp_path / "frame.png")
    assert session.scene_key == spec("scenes").key


def test_a_negative_frame_is_refused(session, spec, tmp_path):
    session.open(spec("scenes"))
    with pytest.raises(SceneRefused, match="frames are 0 to"):
        session.render(-1, tmp_path / "frame.png")


def test_frame_zero_is_rendered(session, spec, tmp_path):
    session.open(spec("scenes"))
    session.render(0, tmp_path / "frame.png")
    assert (tmp_path / "frame.png").exists()


def test_a_denoiser_that_this_blender_lacks_is_named(session, install, spec, tmp_path):
    session.open(spec("denoise"))
    try:
        session.render(1, tmp_path / "frame.png")
    except SceneRefused as error:
        assert "OpenImageDenoiser" in error.message  # noqa: PT017
        assert "Turn denoising off" in error.message  # noqa: PT017
    else:
        assert (tmp_path / "frame.png").exists()


def test_blender_leaves_when_told_to(start_session, spec):
    session = start_session()
    session.close()
    assert not session.alive
    assert session.rss_bytes() == 0
    with pytest.raises(SessionDied):
        session.open(spec("scenes"))
