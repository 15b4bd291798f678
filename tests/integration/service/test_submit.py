from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import OpenImageIO as OIIO  # noqa: N817
import pytest

from brender_farm.db.models import Event, Frame, Shot
from brender_farm.domain.states import FrameState, ShotState
from brender_farm.errors import BlendFileError, RequestRefused
from brender_farm.service import output as output_folders
from brender_farm.service import submit as submission
from brender_farm.service.requests import ShotRequest
from brender_farm.service.shots import get_shot
from tests.integration.service.core_farm import DATA


def test_a_shot_is_stored_as_it_was_asked_for(farm):
    submitted = farm.submit(
        frames="1-10x3",
        name="Shot 010",
        output=str(farm.root / "out"),
        priority=80,
        chunk_size=4,
        format="jpg",
        width=320,
        height=180,
    )
    shot = get_shot(submitted.shot.id)
    assert (shot.row.name, shot.row.state) == ("Shot 010", ShotState.QUEUED)
    assert (shot.row.priority, shot.row.submitter) == (80, "mira")
    assert (shot.frames, shot.row.frame_count, shot.row.pending_count) == ("1-10x3", 4, 4)
    assert (shot.format, shot.width, shot.height, shot.chunk_size) == ("JPEG", 320, 180, 4)
    assert shot.output_dir == submitted.output_dir == str(farm.root / "out")
    assert farm.reasons("shot", shot.row.id) == ["Submitted with 4 frames."]


@pytest.mark.parametrize(
    ("blend", "scene", "frames", "size", "fmt"),
    [
        pytest.param("tiny.blend", "Scene", "1-24", (160, 90), "PNG", id="plain"),
        pytest.param("tiny_gzip.blend", "Scene", "1-24", (160, 90), "PNG", id="gzip"),
        pytest.param("old_34.blend", "Scene", "1-24", (160, 90), "PNG", id="blender-3.4"),
        pytest.param("two_scenes.blend", "Alt", "10-40x2", (160, 100), "EXR", id="active-scene"),
        pytest.param("film.blend", "Scene", "1-24", (160, 90), "PNG", id="film"),
    ],
)
def test_what_is_omitted_comes_from_the_file(farm, blend, scene, frames, size, fmt):
    submitted = farm.submit(blend)
    shot = get_shot(submitted.shot.id)
    name = blend.removesuffix(".blend")
    assert (shot.row.name, shot.scene, shot.frames) == (name, scene, frames)
    assert ((shot.width, shot.height), shot.format) == (size, fmt)
    assert (shot.row.priority, shot.chunk_size, shot.existing) == (50, None, "new-version")
    assert shot.output_dir == str(farm.root / "renders" / name / "v001")


def test_a_scene_asked_for_brings_its_own_frames(farm):
    shot = get_shot(farm.submit("two_scenes.blend", scene="Main").shot.id)
    assert (shot.scene, shot.frames, shot.format) == ("Main", "1-24", "PNG")


def renamed_png(farm):
    return write_picture(farm.root / "picture.png").rename(farm.root / "picture.blend")


def empty_file(farm):
    path = farm.root / "empty.blend"
    path.touch()
    return path


def truncated(farm):
    path = farm.root / "short.blend"
    path.write_bytes((DATA / "tiny.blend").read_bytes()[:40_000])
    return path


def outside(farm):
    folder = farm.root.parent / f"{farm.root.name}-outside"
    folder.mkdir()
    return Path(shutil.copy(DATA / "tiny.blend", folder))


def linked_outside(farm):
    link = farm.root / "link.blend"
    link.symlink_to(outside(farm))
    return link


def newer_than_any_node(farm):
    farm.join(versions=("3.4.1", "4.5.15"))
    return farm.blend("future.blend")


BAD_FILES = [
    pytest.param(lambda farm: farm.root / "none.blend", "none.blend", id="missing"),
    pytest.param(lambda farm: farm.root, "folder", id="folder"),
    pytest.param(renamed_png, "picture.blend", id="renamed-png"),
    pytest.param(empty_file, "empty", id="empty"),
    pytest.param(truncated, "short.blend", id="truncated"),
    pytest.param(outside, "outside the folders", id="outside-the-roots"),
    pytest.param(linked_outside, "outside the folders", id="outside-by-a-link"),
    pytest.param(newer_than_any_node, "saved by Blender 9.99", id="newer-blender"),
]


@pytest.mark.parametrize(("make", "words"), BAD_FILES)
def test_a_file_that_cannot_be_rendered_is_refused(farm, make, words):
    [fault] = refusal(farm, make(farm))
    assert fault.field == "blend"
    assert words in str(fault)
    assert farm.count(Shot) == 0


BAD_VALUES = [
    pytest.param({"frames": "one to ten"}, "frames", "1-48", id="frames-unreadable"),
    pytest.param({"frames": "-5-10"}, "frames", "Frame -5", id="frames-negative"),
    pytest.param({"frames": "10-1,,3"}, "frames", "1-48", id="frames-empty-part"),
    pytest.param({"frames": "0-1000000"}, "frames", "1,000,000", id="frames-too-many"),
    pytest.param({"frames": "2000000"}, "frames", "1048574", id="frames-beyond-blender"),
    pytest.param({"format": "GIF"}, "format", "PNG, JPEG", id="format"),
    pytest.param({"chunk_size": 0}, "chunk_size", "1 or more", id="chunk-size-0"),
    pytest.param({"chunk_size": "-1"}, "chunk_size", "1 or more", id="chunk-size-negative"),
    pytest.param({"chunk_size": "few"}, "chunk_size", "'auto'", id="chunk-size-word"),
    pytest.param({"priority": 101}, "priority", "0 (last) to 100", id="priority-101"),
    pytest.param({"priority": -1}, "priority", "0 (last) to 100", id="priority-negative"),
    pytest.param({"scene": "Finale"}, "scene", "Choose one of: Scene", id="scene"),
    pytest.param({"existing": "append"}, "existing", "new-version", id="existing"),
    pytest.param({"width": 320}, "width", "both width and height", id="width-alone"),
    pytest.param({"width": 3, "height": 90}, "width", "4 to 65,536", id="too-small"),
    pytest.param({"frame_limit_s": 0.09}, "frame_limit_s", "0.1 to 10,000,000 s", id="hasty"),
    pytest.param({"frame_limit_s": 1e8}, "frame_limit_s", "0.1 to 10,000,000 s", id="patient"),
    pytest.param({"frame_limit_s": float("nan")}, "frame_limit_s", "nan is not", id="nan"),
    pytest.param({"frame_limit_s": "long"}, "frame_limit_s", "'long' is not", id="limit-word"),
    pytest.param({"memory_limit_gb": 0.01}, "memory_limit_gb", "0.05 to 1,000,000", id="no-room"),
    pytest.param({"memory_limit_gb": -4}, "memory_limit_gb", "0.05 to 1,000,000", id="negative"),
    pytest.param({"memory_limit_gb": "8 GB"}, "memory_limit_gb", "'8 GB' is not", id="unit"),
    pytest.param({"name": "x" * 121}, "name", "1 to 120", id="name-too-long"),
    pytest.param({"name": "a\x00b"}, "name", "printable", id="name-with-nul"),
    pytest.param({"output": "renders"}, "output", "not a full path", id="output-relative"),
    pytest.param({"output": "/proc/out"}, "output", "BRENDER_ROOTS", id="output-outside"),
]


@pytest.mark.parametrize(("asked", "field", "words"), BAD_VALUES)
def test_a_value_that_cannot_be_used_is_refused_with_a_remedy(farm, asked, field, words):
    [fault] = refusal(farm, farm.blend(), **asked)
    assert fault.field == field
    assert words in str(fault)
    assert farm.count(Shot) == farm.count(Event) == 0


def test_an_output_that_is_a_file_is_refused(farm):
    blend = farm.blend()
    for output in (blend, blend / "below"):
        [fault] = refusal(farm, blend, output=str(output))
        assert fault.field == "output"
        assert f"{blend} is not a folder." in str(fault)


def test_an_output_that_leads_outside_by_a_link_is_refused(farm):
    (farm.root / "out").symlink_to(farm.root.parent)
    [fault] = refusal(farm, farm.blend(), output=str(farm.root / "out" / "elsewhere"))
    assert fault.field == "output"
    assert "outside the folders" in str(fault)


def test_an_output_that_cannot_be_made_is_refused_and_nothing_is_stored(farm, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(output_folders.tempfile, "NamedTemporaryFile", refuse)
    [fault] = refusal(farm, farm.blend())
    assert fault.field == "output"
    assert "Permission denied" in str(fault)
    assert farm.count(Shot) == 0
    assert not (farm.root / "renders").exists()


@pytest.mark.parametrize("existing", ["new-version", "missing", "overwrite"])
def test_an_output_that_an_unfinished_shot_writes_to_is_refused(farm, existing):
    output = str(farm.root / "out")
    first = farm.submit(output=output).shot.id
    farm.act(first, "pause")
    [fault] = refusal(farm, farm.blend(), output=output, existing=existing)
    assert fault.field == "output"
    assert "unfinished shot is writing" in str(fault)
    farm.act(first, "cancel")
    assert farm.submit(output=output, existing=existing).output_dir == output


def test_the_same_folder_by_a_link_is_still_taken(farm):
    farm.submit(output=str(farm.root / "out"))
    (farm.root / "alias").symlink_to(farm.root / "out")
    [fault] = refusal(farm, farm.blend(), output=str(farm.root / "alias"))
    assert fault.field == "output"


def test_all_faults_are_told_at_once(farm):
    faults = refusal(
        farm,
        farm.blend(),
        frames="x",
        priority=101,
        chunk_size=0,
        format="GIF",
        width=1,
        existing="append",
    )
    fields = {fault.field for fault in faults}
    assert fields == {"frames", "priority", "chunk_size", "format", "width", "existing"}


def test_a_farm_without_nodes_takes_a_file_of_any_blender(farm):
    assert farm.submit("future.blend").shot.state is ShotState.QUEUED


def test_missing_textures_and_libraries_are_listed_as_warnings(farm):
    submitted = farm.submit("missing_texture.blend")
    texture, library = farm.root / "textures/wood.png", farm.root / "props/chair.blend"
    assert set(submitted.warnings) == {
        f"Missing library: {library} (used by chair.blend).",
        f"Missing texture: {texture} (used by Wood).",
    }
    assert get_shot(submitted.shot.id).warnings == submitted.warnings


def test_a_film_format_is_warned_of(farm):
    [warning] = farm.submit("film.blend").warnings
    assert "film format (FFMPEG)" in warning
    assert "as PNG" in warning


@pytest.mark.parametrize(("blend", "count"), [("missing_texture.blend", 2), ("film.blend", 1)])
def test_strict_refuses_what_would_be_a_warning(farm, blend, count):
    faults = refusal(farm, farm.blend(blend), strict=True)
    assert [fault.field for fault in faults] == ["blend"] * count
    assert farm.count(Shot) == 0


def test_strict_takes_a_file_without_flaws(farm):
    assert farm.submit(strict=True).warnings == ()


def test_each_shot_without_an_output_gets_its_own_version(farm):
    outputs = [farm.submit().output_dir for _ in range(3)]
    base = farm.root / "renders" / "tiny"
    assert outputs == [str(base / version) for version in ("v001", "v002", "v003")]


def test_an_output_that_holds_frames_gets_a_version_inside(farm):
    output = farm.root / "out"
    write_picture(output / "0001.png")
    assert farm.submit(output=str(output)).output_dir == str(output / "v001")
    assert farm.submit(output=str(output)).output_dir == str(output / "v002")


def test_an_output_with_other_files_is_used_as_it_is(farm):
    output = farm.root / "out"
    write_picture(output / "reference.png")
    assert farm.submit(output=str(output)).output_dir == str(output)


def test_missing_counts_sound_frames_as_done_and_renders_damaged_ones_again(farm):
    output = farm.root / "out"
    for frame in (1, 2, 3, 4):
        write_picture(output / f"{frame:04}.png")
    damaged = output / "0002.png"
    damaged.write_bytes(damaged.read_bytes()[:-20])
    write_picture(output / "0003.png", width=80)
    submitted = farm.submit(output=str(output), existing="missing", frames="1-6")
    shot = submitted.shot
    assert (shot.done_count, shot.pending_count) == (2, 4)
    assert farm.frame_states(shot.id) == {1: FrameState.DONE, 4: FrameState.DONE}
    farm.join()
    assert [order.order.frames for order in farm.assign()] == ["2"]
    assert farm.pending(shot.id) == "2-3,4-6"


def test_missing_with_every_frame_there_is_complete_at_once(farm):
    output = farm.root / "out"
    for frame in (1, 2):
        write_picture(output / f"{frame:04}.png")
    shot = farm.submit(output=str(output), existing="missing", frames="1-2").shot
    assert (shot.state, shot.done_count, shot.seconds_per_frame) == (ShotState.COMPLETED, 2, None)


def test_missing_without_an_output_goes_on_in_the_latest_version(farm):
    first, second = farm.submit(), farm.submit()
    farm.act(second.shot.id, "cancel")
    assert farm.submit(existing="missing").output_dir == second.output_dir
    assert first.output_dir != second.output_dir


def test_overwrite_renders_every_frame_and_leaves_the_old_files(farm):
    output = farm.root / "out"
    old = write_picture(output / "0001.png").read_bytes()
    submitted = farm.submit(output=str(output), existing="overwrite", frames="1-2")
    assert (submitted.output_dir, submitted.shot.pending_count) == (str(output), 2)
    assert (output / "0001.png").read_bytes() == old


@pytest.mark.parametrize(
    ("output", "outcomes"),
    [
        pytest.param("out", ["out", "output"], id="one-output-one-winner"),
        pytest.param(None, ["v001", "v002"], id="no-output-a-version-each"),
    ],
)
def test_two_who_submit_at_once_never_share_a_folder(farm, core_app, monkeypatch, output, outcomes):
    both_have_checked = threading.Barrier(2, timeout=30)
    first_turns = iter(range(2))
    make_folder = submission._make_folder

    def wait_for_the_other(folder, undo):
        if next(first_turns, None) is not None:
            both_have_checked.wait()
        make_folder(folder, undo)

    monkeypatch.setattr(submission, "_make_folder", wait_for_the_other)
    request = ShotRequest(blend=str(farm.blend()), output=output and str(farm.root / output))

    def attempt(_number):
        with core_app.app_context():
            try:
                return Path(submission.submit(request, submitter="mira").output_dir).name
            except RequestRefused as refused:
                return refused.faults[0].field

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == outcomes
    made = {path.name for path in [*farm.root.glob("out"), *farm.root.glob("renders/tiny/*")]}
    assert made == {name for name in outcomes if name != "output"}


def test_a_submission_that_fails_late_leaves_no_folder(farm, monkeypatch):
    def fail(*_args):
        raise OSError("the disk of the database is full")

    monkeypatch.setattr(submission, "_store", fail)
    (farm.root / "renders").mkdir()
    with pytest.raises(OSError, match="disk of the database"):
        farm.submit()
    assert list((farm.root / "renders").iterdir()) == []


def test_a_folder_that_another_shot_got_meanwhile_is_left(farm, monkeypatch):
    taken_meanwhile = []

    def lose(blend):
        taken_meanwhile.append(blend)
        monkeypatch.undo()
        farm.submit(output=str(farm.root / "out"))
        raise BlendFileError("It is gone.")

    monkeypatch.setattr(submission, "digest_of", lose)
    refusal(farm, farm.blend(), output=str(farm.root / "out"))
    assert len(taken_meanwhile) == 1
    assert (farm.root / "out").is_dir()


def test_a_million_frames_are_one_row_and_no_frames(farm):
    shot = farm.submit(frames="1-1000000").shot
    assert (shot.frame_count, shot.pending_count) == (1_000_000, 1_000_000)
    assert farm.pending(shot.id) == "0-1000000"
    assert (farm.count(Shot), farm.count(Frame)) == (1, 0)


def refusal(farm, blend, **asked):
    with pytest.raises(RequestRefused) as caught:
        farm.submit(blend, **asked)
    return caught.value.faults


def write_picture(path, *, width=160):
    path.parent.mkdir(parents=True, exist_ok=True)
    output = OIIO.ImageOutput.create(str(path))
    output.open(str(path), OIIO.ImageSpec(width, 90, 3, "uint8"))
    output.write_image(np.full((90, width, 3), 0.5, np.float32))
    output.close()
    return path
