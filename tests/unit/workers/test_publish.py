"""All files of a frame are published, or none of them becomes a frame."""

from __future__ import annotations

import shutil
import threading

import numpy as np
import OpenImageIO
import pytest

from brender_farm import wire
from brender_farm.broker.board import Permit
from brender_farm.domain.formats import FORMATS
from tests.waiting import wait_for
from workers.blender.prove import Prover
from workers.blender.scene import Written, WrittenFile
from workers.publish import MAX_FILES, Draft, Publisher

LIMIT_S = 60
WIDTH, HEIGHT = 16, 9


class Board:
    """Says of the chunk what the test says; like the real one, of nothing else."""

    def __init__(self):
        self.live = True
        self.rival_live = False
        self.granted = Permit.GRANTED
        self.asked = lambda: None

    def is_live(self, _chunk_id):
        live = self.live
        self.asked()
        return live

    def live_among(self, chunk_ids):
        alive = {17: self.live, 16: self.rival_live}
        return frozenset(chunk_id for chunk_id in chunk_ids if alive.get(chunk_id))

    def claim(self, chunk_id, _frame):
        live = self.is_live(chunk_id)
        return self.granted if live else Permit.REFUSED


class Outbox(list):
    post = list.append


@pytest.fixture(scope="module")
def prover():
    prover = Prover(node_name="unit-tests-of-publishing")
    yield prover
    prover.close()


@pytest.fixture
def board():
    return Board()


@pytest.fixture
def outbox():
    return Outbox()


@pytest.fixture
def publisher(prover, board, outbox):
    publisher = Publisher(prover=prover, board=board, outbox=outbox, slots=1)
    yield publisher
    publisher.close()


@pytest.fixture
def output(tmp_path):
    (tmp_path / ".brender" / "17" / "files" / "Beauty").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def drafts(output):
    return output / ".brender" / "17"


@pytest.fixture
def draft(output, drafts):
    """Return a frame with a view and a compositor's file, which has a size of its own."""
    paths = drafts / "0001.png", drafts / "0001_R.png", drafts / "files/Beauty/Mask0001.exr"
    for number, path in enumerate(paths):
        draw(path, WIDTH + number // 2)
    return Draft(
        chunk_id=17,
        written=Written(
            frame=1,
            path=paths[0],
            width=WIDTH,
            height=HEIGHT,
            seconds=1.0,
            peak_bytes=0,
            views=[WrittenFile(path=paths[1], name="0001_R.png")],
            outputs=[WrittenFile(path=paths[2], name="Beauty/Mask0001.exr")],
        ),
        target=output / "0001.png",
        width=WIDTH,
        height=HEIGHT,
        format=FORMATS["PNG"],
    )


def draw(path, width):
    pixels = np.random.default_rng(1).random((HEIGHT, width, 3), dtype=np.float32)
    spec = OpenImageIO.ImageSpec(width, HEIGHT, 3, "half" if path.suffix == ".exr" else "uint8")
    image = OpenImageIO.ImageOutput.create(str(path))
    assert image.open(str(path), spec)
    assert image.write_image(pixels)
    image.close()


def publish(publisher, draft, stopped=None):
    return publisher.publish(draft, stopped or threading.Event()).result(LIMIT_S)


def published(output):
    found = {path.relative_to(output) for path in output.rglob("*") if path.is_file()}
    return {str(path) for path in found if path.parts[0] != ".brender"}


def test_all_files_are_published_and_reported(publisher, draft, output, outbox):
    assert publish(publisher, draft)
    assert published(output) == {"0001.png", "0001_R.png", "Beauty/Mask0001.exr"}
    (done,) = outbox
    assert isinstance(done, wire.FrameDone)
    assert [file.name for file in done.files] == ["0001_R.png", "Beauty/Mask0001.exr"]
    for file in done.files:
        assert file.byte_count == (output / file.name).stat().st_size
        assert len(file.digest) == 40


@pytest.mark.parametrize("file", ["0001_R.png", "files/Beauty/Mask0001.exr", "0001.png"])
@pytest.mark.parametrize("damage", ["missing", "empty", "truncated"])
def test_one_damaged_file_keeps_them_all_back(
    publisher, draft, drafts, output, outbox, file, damage
):
    path = drafts / file
    if damage == "missing":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2 if damage == "truncated" else 0])
    assert not publish(publisher, draft)
    assert published(output) == set()
    (failed,) = outbox
    assert isinstance(failed, wire.FrameFailed)
    assert path.name in failed.reason
    assert not failed.permanent


def test_a_view_of_another_size_fails_the_frame(publisher, draft, drafts, output, outbox):
    draw(drafts / "0001_R.png", WIDTH + 1)
    assert not publish(publisher, draft)
    assert published(output) == set()
    assert "0001_R.png is not a proven frame: it is 17 by 9 pixels" in outbox[0].reason


def test_a_file_of_an_unknown_kind_fails_the_frame_for_good(
    publisher, draft, drafts, output, outbox
):
    (drafts / "files/Beauty/Mask0001.jp2").write_text("whatever")
    draft.written.outputs.append(
        WrittenFile(path=drafts / "files/Beauty/Mask0001.jp2", name="Beauty/Mask0001.jp2")
    )
    assert not publish(publisher, draft)
    assert published(output) == set()
    assert "Mask0001.jp2 cannot be proven" in outbox[0].reason
    assert outbox[0].permanent


def test_more_files_than_a_report_takes_fail_the_frame(publisher, draft, output, outbox):
    draft.written.outputs.extend(draft.written.outputs * MAX_FILES)
    assert not publish(publisher, draft)
    assert f"{MAX_FILES} are the limit" in outbox[0].reason


def test_a_file_that_cannot_be_moved_keeps_the_picture_back(publisher, draft, output, outbox):
    (output / "Beauty" / "Mask0001.exr").mkdir(parents=True)
    assert not publish(publisher, draft)
    assert not (output / "0001.png").exists()
    assert "Mask0001.exr could not be put in its place: Is a directory" in outbox[0].reason


def test_nothing_of_a_chunk_that_is_over_is_published(publisher, draft, board, output, outbox):
    board.live = False
    assert not publish(publisher, draft)
    assert published(output) == set()
    assert outbox == []


def test_a_frame_that_a_rival_was_first_with_is_dropped_in_silence(
    publisher, draft, board, output, outbox
):
    board.granted = Permit.REFUSED
    assert not publish(publisher, draft)
    assert published(output) == set()
    assert outbox == []


def test_the_drafts_of_the_other_in_a_race_are_swept_when_the_farm_has_ended_it(
    publisher, draft, board, drafts, output
):
    rival = drafts.with_name("16")
    rival.mkdir()
    board.rival_live = True
    board.granted = Permit.GRANTED_IN_RACE
    assert publish(publisher, draft)
    publisher.sweep(output, 17)
    assert rival.is_dir()

    board.live = board.rival_live = False

    wait_for(lambda: not rival.exists(), "the rival's drafts are gone")


def fence(board, drafts, live_afterwards):
    """Remove the drafts as soon as the chunk was found live, as a node does that takes over."""

    def remove():
        shutil.rmtree(drafts, ignore_errors=True)
        board.live = live_afterwards

    board.asked = remove


def test_a_chunk_whose_drafts_were_taken_away_ends_in_silence(
    publisher, draft, board, drafts, output, outbox
):
    fence(board, drafts, live_afterwards=False)
    assert not publish(publisher, draft)
    assert published(output) == set()
    assert outbox == []
    assert not drafts.exists()


def test_drafts_that_are_gone_from_a_live_chunk_are_a_failure(
    publisher, draft, board, drafts, output, outbox
):
    fence(board, drafts, live_afterwards=True)
    assert not publish(publisher, draft)
    assert published(output) == set()
    assert "could not be put in its place: No such file" in outbox[0].reason
    assert not drafts.exists()


def test_drafts_that_went_before_the_proof_are_no_failure_of_a_chunk_that_is_over(
    publisher, draft, board, drafts, outbox
):
    shutil.rmtree(drafts)
    board.live = False
    assert not publish(publisher, draft)
    assert outbox == []


def test_a_stopped_chunk_reports_nothing(publisher, draft, drafts, output, outbox):
    (drafts / "0001_R.png").unlink()
    stopped = threading.Event()
    stopped.set()
    assert not publish(publisher, draft, stopped)
    assert published(output) == set()
    assert outbox == []
