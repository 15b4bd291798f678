from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brender_farm import wire
from brender_farm.db.core import reading, writing
from brender_farm.db.models import Frame, Shot
from brender_farm.db.reads.audit import shots_to_audit
from brender_farm.domain.states import FrameState, ShotState
from brender_farm.errors import NotFound
from brender_farm.service.audit import audit_shot
from tests.integration.service.core_farm import done, ended

BYTES = b"the picture of frame %d"


def publish(folder: Path, name: str, content: bytes) -> wire.FrameFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return wire.FrameFile(
        name=name,
        byte_count=len(content),
        digest=hashlib.blake2b(content, digest_size=20).hexdigest(),
    )


def render(farm, folder: Path, *, beside: bool = False) -> int:
    """Let the node finish the next chunk with real files; return the chunk's id."""
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    frames = range(1, 5)
    if dispatch.order.frames != "1-4":
        frames = [int(part) for part in dispatch.order.frames.split(",")]
    for frame in frames:
        picture = publish(folder, f"{frame:04}.png", BYTES % frame)
        files = [publish(folder, f"depth/{frame:04}.exr", b"depth %d" % frame)] if beside else []
        farm.report(
            wire.FrameDone(
                chunk_id=chunk,
                frame=frame,
                seconds=2.0,
                byte_count=picture.byte_count,
                digest=picture.digest,
                width=160,
                height=90,
                peak_bytes=2**27,
                files=files,
            )
        )
    farm.report(ended(chunk))
    return chunk


@pytest.fixture
def folder(farm) -> Path:
    return farm.root / "out"


@pytest.fixture
def shot_id(farm, folder):
    """Return a completed shot of frames 1-4, its files on the disk."""
    farm.join()
    shot = farm.submit(frames="1-4", chunk_size=4, output=str(folder)).shot.id
    render(farm, folder)
    assert farm.shot(shot).state is ShotState.COMPLETED
    return shot


def row(shot_id: int) -> Shot:
    with reading() as session:
        return session.get_one(Shot, shot_id)


def waits_for_audit(farm) -> list[int]:
    with reading() as session:
        return shots_to_audit(session, finished_since=farm.now - timedelta(days=1))


def test_a_shot_whose_files_are_as_they_were_is_well(farm, folder, shot_id):
    assert waits_for_audit(farm) == [shot_id]
    result = audit_shot(shot_id, "mira")
    assert result.is_well
    assert (result.checked_count, result.bad_count, result.unread_count) == (4, 0, 0)
    assert result.bytes_read == sum(path.stat().st_size for path in folder.glob("*.png"))
    assert farm.shot(shot_id).state is ShotState.COMPLETED
    assert row(shot_id).audit["actor"] == "mira"
    assert waits_for_audit(farm) == []


def test_a_missing_frame_is_rendered_again(farm, folder, shot_id):
    (folder / "0003.png").unlink()
    result = audit_shot(shot_id, "mira")
    assert [(bad.frame, bad.wrong) for bad in result.bad] == [(3, "0003.png is missing.")]
    shot = farm.shot(shot_id)
    assert (shot.state, shot.done_count, shot.pending_count) == (ShotState.QUEUED, 3, 1)
    assert shot.seconds_per_frame == 2.0
    with reading() as session:
        frame = session.get_one(Frame, (shot_id, 3))
        assert (frame.state, frame.reason) == (
            FrameState.PENDING,
            "A file of it is missing (found by the audit).",
        )
    assert "1 missing" in farm.reasons("shot", shot_id)[-1]
    render(farm, folder)
    assert farm.shot(shot_id).state is ShotState.COMPLETED
    assert waits_for_audit(farm) == [shot_id]  # what was rendered again is audited again
    assert audit_shot(shot_id, "mira").is_well


def test_changed_bytes_are_found_by_a_full_audit_only(farm, folder, shot_id):
    path = folder / "0002.png"
    path.write_bytes(path.read_bytes()[::-1])
    assert audit_shot(shot_id, "mira", full=False).is_well
    result = audit_shot(shot_id, "mira")
    assert [(bad.frame, bad.wrong) for bad in result.bad] == [
        (2, "0002.png has other bytes than it was published with.")
    ]
    assert farm.shot(shot_id).pending_count == 1


def test_a_truncated_file_is_found_by_a_quick_audit(farm, folder, shot_id):
    os.truncate(folder / "0002.png", 5)
    result = audit_shot(shot_id, "mira", full=False)
    assert result.bad[0].wrong == "0002.png has 5 bytes, not 22."
    assert result.bytes_read == 0


def test_a_file_beside_the_picture_counts_as_well(farm, folder):
    farm.join()
    shot_id = farm.submit(frames="1-4", chunk_size=4, output=str(folder)).shot.id
    render(farm, folder, beside=True)
    assert audit_shot(shot_id, "mira").is_well
    (folder / "depth" / "0004.exr").unlink()
    result = audit_shot(shot_id, "mira")
    assert [(bad.frame, bad.wrong) for bad in result.bad] == [(4, "depth/0004.exr is missing.")]


def test_a_deleted_folders_content_is_rendered_again(farm, folder, shot_id):
    for path in folder.glob("*.png"):
        path.unlink()
    assert audit_shot(shot_id, "mira").put_back_count == 4
    assert farm.shot(shot_id).pending_count == 4


def test_a_folder_that_is_not_seen_changes_nothing(farm, folder, shot_id):
    folder.rename(farm.root / "elsewhere")
    result = audit_shot(shot_id, "mira")
    assert "Mount the disk" in result.trouble
    assert not result.is_well
    assert farm.shot(shot_id).state is ShotState.COMPLETED
    assert waits_for_audit(farm) == [shot_id]


def test_a_disk_that_goes_away_meanwhile_has_no_missing_files(farm, folder, shot_id):
    def go_away(looked_at: int, _total: int) -> None:
        if looked_at == 2:
            folder.rename(farm.root / "elsewhere")

    result = audit_shot(shot_id, "mira", on_frame=go_away)
    assert (result.bad_count, result.put_back_count) == (0, 0)
    assert "Mount the disk" in result.trouble
    assert farm.shot(shot_id).state is ShotState.COMPLETED


def test_a_file_that_cannot_be_read_is_not_taken_for_changed(farm, folder, shot_id):
    (folder / "0001.png").unlink()
    (folder / "0001.png").mkdir()
    result = audit_shot(shot_id, "mira")
    assert (result.bad_count, result.unread_count) == (0, 1)
    assert "0001.png is not an ordinary file" in result.trouble
    assert farm.shot(shot_id).state is ShotState.COMPLETED


def test_a_cancelled_shot_is_only_reported_on(farm, folder):
    farm.join()
    shot_id = farm.submit(frames="1-8", chunk_size=4, output=str(folder)).shot.id
    render(farm, folder)
    farm.act(shot_id, "cancel")
    (folder / "0001.png").unlink()
    result = audit_shot(shot_id, "mira")
    assert (result.bad_count, result.put_back_count) == (1, 0)
    assert "cancelled" in result.kept
    assert farm.shot(shot_id).done_count == 4


def test_a_shot_whose_folder_went_to_another_one_is_only_reported_on(farm, folder, shot_id):
    other = farm.submit(frames="1", output=str(folder), existing="overwrite").shot.id
    publish(folder, "0001.png", b"another picture")
    result = audit_shot(shot_id, "mira")
    assert (result.bad_count, result.put_back_count) == (1, 0)
    assert f"Shot {other} was submitted into the same folder later" in result.kept
    assert farm.shot(shot_id).state is ShotState.COMPLETED


def test_a_paused_shot_stays_paused(farm, folder):
    farm.join()
    shot_id = farm.submit(frames="1-8", chunk_size=4, output=str(folder)).shot.id
    render(farm, folder)
    farm.act(shot_id, "pause")
    (folder / "0001.png").unlink()
    assert audit_shot(shot_id, "mira").state is ShotState.PAUSED
    assert farm.shot(shot_id).pending_count == 5


def test_a_frame_that_was_rendered_again_meanwhile_is_left_alone(farm, folder, shot_id):
    (folder / "0002.png").unlink()
    (folder / "0003.png").unlink()

    def render_again(looked_at: int, _total: int) -> None:
        if looked_at == 4:
            with writing() as session:
                session.get_one(Frame, (shot_id, 2)).chunk_id = 77

    result = audit_shot(shot_id, "mira", on_frame=render_again)
    assert (result.bad_count, result.put_back_count) == (2, 1)
    assert farm.pending(shot_id) == "2-3"


def test_a_late_report_of_what_was_put_back_does_not_count(farm, folder, shot_id):
    chunk = row(shot_id)
    with reading() as session:
        chunk = session.get_one(Frame, (shot_id, 3)).chunk_id
    (folder / "0003.png").unlink()
    audit_shot(shot_id, "mira")
    farm.report(done(chunk, 3))
    assert farm.shot(shot_id).pending_count == 1


def test_frames_that_keep_vanishing_pause_the_shot(farm, folder, shot_id):
    for turn in (1, 2, 3):
        (folder / "0003.png").unlink()
        result = audit_shot(shot_id, "farm", automatic=True)
        assert result.finds_in_row == turn
        if turn < 3:
            assert result.state is ShotState.QUEUED
            render(farm, folder)
    shot = farm.shot(shot_id)
    assert shot.state is ShotState.PAUSED
    assert "keep vanishing or changing" in shot.reason
    assert "0003.png is missing." in shot.reason


def test_an_audit_that_finds_nothing_begins_the_count_anew(farm, folder, shot_id):
    for _ in range(2):
        (folder / "0003.png").unlink()
        audit_shot(shot_id, "farm", automatic=True)
        render(farm, folder)
    assert audit_shot(shot_id, "farm", automatic=True).finds_in_row == 0
    (folder / "0003.png").unlink()
    assert audit_shot(shot_id, "farm", automatic=True).state is ShotState.QUEUED


def test_an_audit_that_is_broken_off_changes_nothing(farm, folder, shot_id):
    (folder / "0001.png").unlink()

    def stop(_done: int, _total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        audit_shot(shot_id, "mira", on_frame=stop)
    assert farm.shot(shot_id).state is ShotState.COMPLETED
    assert waits_for_audit(farm) == [shot_id]


def test_what_was_finished_long_ago_is_audited_only_when_asked(farm, shot_id):
    with writing() as session:
        session.get_one(Shot, shot_id).finished_at = datetime.now(UTC) - timedelta(days=2)
    with reading() as session:
        assert shots_to_audit(session, finished_since=datetime.now(UTC) - timedelta(days=1)) == []


def test_a_shot_that_does_not_exist_is_not_found(farm):
    with pytest.raises(NotFound, match="There is no shot 99"):
        audit_shot(99, "mira")
