"""All files of a frame: both eyes, and what the compositor writes, each where it belongs."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import OpenImageIO
import pytest

from brender_farm.broker.board import Permit
from brender_farm.domain.formats import FORMATS
from brender_farm.errors import FrameFailed, SceneRefused
from workers.publish import Draft, Publisher


def pixels(path):
    return OpenImageIO.ImageBuf(str(path)).get_pixels(OpenImageIO.UINT8).tobytes()


def channels(path):
    return set(OpenImageIO.ImageBuf(str(path)).spec().channelnames)


def inside(folder):
    return sorted(path.name for path in folder.iterdir())


def names(files):
    return [file.name for file in files]


@pytest.fixture
def drafts(tmp_path):
    folder = tmp_path / "17"
    folder.mkdir()
    return folder


def test_both_eyes_are_written_as_blender_would_alone(session, spec, scenes, drafts):
    session.open(spec("stereo"))
    written = session.render(5, drafts / "0005.png")
    assert written.views[0].path == drafts / "0005_R.png"
    assert names(written.views) == ["0005_R.png"]
    assert pixels(drafts / "0005.png") == pixels(scenes / "stereo_0005_L.png")
    assert pixels(drafts / "0005_R.png") == pixels(scenes / "stereo_0005_R.png")
    assert pixels(drafts / "0005.png") != pixels(drafts / "0005_R.png")
    assert inside(drafts) == ["0005.png", "0005_R.png"]


def test_one_eye_is_a_plain_frame(session, spec, drafts):
    session.open(spec("one_eye"))
    assert session.render(5, drafts / "0005.png").views == []
    assert inside(drafts) == ["0005.png"]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("stereo_SIDEBYSIDE", (320, 90)),
        ("stereo_squeezed", (160, 90)),
        ("stereo_TOPBOTTOM", (160, 180)),
        ("stereo_ANAGLYPH", (160, 90)),
        ("stereo_INTERLACE", (160, 90)),
    ],
)
def test_stereo_3d_is_one_picture_of_the_size_that_was_told(
    session, spec, prover, drafts, name, size
):
    opened = session.open(spec(name))
    written = session.render(5, drafts / "0005.png")
    assert (opened.width, opened.height) == (written.width, written.height) == size
    prover.prove(drafts / "0005.png", *size, FORMATS["PNG"], timeout_s=60)
    assert inside(drafts) == ["0005.png"]


def test_stereo_3d_cannot_be_multilayer_exr_and_that_is_told_before_a_render(session, spec):
    with pytest.raises(SceneRefused, match="which multilayer EXR cannot hold"):
        session.open(spec("stereo_SIDEBYSIDE", format="EXR_MULTILAYER"))


@pytest.mark.parametrize("fmt", ["EXR", "EXR_MULTILAYER"])
def test_one_exr_can_hold_all_views(session, spec, prover, drafts, fmt):
    session.open(spec("stereo_in_one_exr", format=fmt))
    assert session.render(5, drafts / "0005.exr").views == []
    prover.prove(drafts / "0005.exr", 160, 90, FORMATS[fmt], timeout_s=60)
    assert any("right" in channel for channel in channels(drafts / "0005.exr"))


def test_views_of_one_exr_get_files_of_their_own_in_another_format(session, spec, drafts):
    session.open(spec("stereo_in_one_exr", format="PNG"))
    assert names(session.render(5, drafts / "0005.png").views) == ["0005_R.png"]


def test_no_view_can_leave_the_folder_or_replace_another(session, spec, tmp_path, drafts):
    session.open(spec("evil_views"))
    written = session.render(5, drafts / "0005.png")
    assert names(written.views) == ["0005_same_2.png", "0005_evil.png"]
    assert len(inside(drafts)) == 3
    assert inside(tmp_path) == ["17"]


def test_what_the_compositor_writes_belongs_to_the_frame(session, spec, scenes, prover, drafts):
    session.open(spec("outputs"))
    for frame in (3, 4):
        written = session.render(frame, drafts / f"000{frame}.png")
        assert names(written.outputs) == [
            f"Beauty/Image000{frame}.png",
            f"Beauty/sub/Mask000{frame}.png",
        ]
        for output in written.outputs:
            assert drafts in output.path.parents
            prover.prove_file(output.path, timeout_s=60)
        assert pixels(written.outputs[0].path) == pixels(written.path)
    assert not (scenes / "elsewhere").exists()


def test_the_ending_is_that_of_each_files_format(session, spec, drafts):
    session.open(spec("outputs", format="EXR"))
    written = session.render(3, drafts / "0003.exr")
    assert written.path.is_file()
    assert names(written.outputs)[0] == "Beauty/Image0003.png"


def test_the_compositor_writes_both_eyes(session, spec, drafts):
    session.open(spec("outputs_of_both_eyes"))
    written = session.render(3, drafts / "0003.png")
    assert names(written.views) == ["0003_R.png"]
    assert names(written.outputs) == [
        "Beauty/Image0003_L.png",
        "Beauty/Image0003_R.png",
        "Beauty/sub/Mask0003_L.png",
        "Beauty/sub/Mask0003_R.png",
    ]


@pytest.mark.parametrize("name", ["all_outputs", "outputs_of_a_still"])
def test_no_output_can_leave_the_folder_of_its_node(session, spec, scenes, tmp_path, drafts, name):
    session.open(spec(name))
    written = session.render(3, drafts / "0003.png")
    assert sorted(names(written.outputs)) == sorted(
        [
            "Beauty/Image0003.png",
            "Beauty/sub/Mask0003.png",
            "Beauty_2/evil0003.png",
            "Beauty_2/evil_0010003.png",
            "Beauty_2/x/y0003.png",
            "File Output/Deep0003.png",
            "Layers/Many_0003.exr",
        ]
    )
    assert inside(drafts) == [".0000003.files", "0003.png"]
    assert inside(tmp_path) == ["17"]
    assert not (scenes / "elsewhere").exists()


def test_a_second_try_holds_nothing_of_the_first(session, spec, drafts):
    session.open(spec("outputs"))
    session.render(3, drafts / "0003.png")
    (drafts / ".0000003.files" / "Beauty" / "left over.png").touch()
    assert len(session.render(3, drafts / "0003.png").outputs) == 2


def test_a_file_that_the_compositor_could_not_save_fails_the_frame(session, spec, drafts):
    session.open(spec("outputs_in_conflict"))
    with pytest.raises(FrameFailed, match="could not save a file of the compositor"):
        session.render(3, drafts / "0003.png")
    assert len(session.render(4, drafts / "0004.png").outputs) == 2


@pytest.mark.parametrize("name", ["scenes", "stereo", "outputs"])
def test_a_draft_folder_that_was_removed_stays_away(session, spec, drafts, name):
    session.open(spec(name))
    drafts.rmdir()
    with pytest.raises(FrameFailed, match=r"Blender cannot save .*17: No such file"):
        session.render(3, drafts / "0003.png")
    assert inside(drafts.parent) == []


@pytest.mark.parametrize("name", ["all_outputs", "outputs_of_both_eyes", "stereo"])
def test_a_frame_is_published_with_all_its_files(session, spec, prover, tmp_path, drafts, name):
    opened = session.open(spec(name))
    written = session.render(3, drafts / "0003.png")
    reports = []
    publisher = Publisher(
        prover=prover,
        board=SimpleNamespace(claim=lambda *_: Permit.GRANTED, is_live=lambda _: True),
        outbox=SimpleNamespace(post=reports.append),
        slots=1,
    )
    draft = Draft(
        chunk_id=17,
        written=written,
        target=tmp_path / "0003.png",
        width=opened.width,
        height=opened.height,
        format=FORMATS["PNG"],
    )
    assert publisher.publish(draft, threading.Event()).result(60), reports
    publisher.close()
    wanted = names([*written.views, *written.outputs])
    assert [file.name for file in reports[0].files] == wanted
    assert all((tmp_path / name).is_file() for name in [*wanted, "0003.png"])
    assert [path for path in drafts.rglob("*") if path.is_file()] == []
