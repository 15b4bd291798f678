"""The .blend is part of the shot: its digest, its snapshot, and the limits it renders under."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import time

import pytest

from brender_farm.blendfile.browse import list_folder
from brender_farm.blendfile.digest import digest_of
from brender_farm.db.core import reading
from brender_farm.db.models import Shot
from brender_farm.errors import BlendBeingWritten, RequestRefused
from brender_farm.service import snapshots
from brender_farm.service import submit as submission
from brender_farm.service.check import check
from brender_farm.service.requests import ShotRequest
from brender_farm.service.shots import get_shot
from brender_farm.service.snapshots import is_snapshot, make_snapshot, remove_snapshot

COPY = re.compile(r"\.tiny\.[a-z]{8}\.brender\.blend\Z")


def stored(shot_id):
    with reading() as session:
        shot = session.get_one(Shot, shot_id)
        session.expunge(shot)
    return shot


def blake(path):
    return hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()


def copies(farm):
    return [path for path in farm.root.iterdir() if ".brender." in path.name]


def refusal(farm, blend, **asked):
    with pytest.raises(RequestRefused) as caught:
        farm.submit(blend, **asked)
    return caught.value.faults


def test_a_shot_keeps_what_its_blend_was_to_the_byte(farm):
    blend = farm.blend()
    shot, status = stored(farm.submit(blend).shot.id), blend.stat()
    assert (shot.blend, shot.source_blend) == (str(blend), None)
    assert shot.blend_digest == blake(blend)
    assert (shot.blend_size_bytes, shot.blend_mtime_ns, shot.blend_ctime_ns) == (
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )
    assert get_shot(shot.id).blend_digest == shot.blend_digest


def test_a_check_does_not_read_the_whole_file(farm, monkeypatch):
    monkeypatch.setattr(submission, "digest_of", None)
    monkeypatch.setattr(snapshots, "digest_of", None)
    assert check(ShotRequest(blend=str(farm.blend()), snapshot=True)).snapshot


def test_a_file_saved_between_check_and_submission_is_checked_anew(farm, monkeypatch):
    blend, real = farm.blend(), submission.digest_of
    turns = iter(range(1))

    def save_meanwhile(path):
        if next(turns, None) is not None:
            shutil.copy(farm.blend("two_scenes.blend"), blend)
        return real(path)

    monkeypatch.setattr(submission, "digest_of", save_meanwhile)
    shot = stored(farm.submit(blend).shot.id)
    assert (shot.scene, shot.blend_digest) == ("Alt", blake(blend))


def test_a_file_that_is_being_written_is_refused(farm, monkeypatch):
    def restless(path):
        raise BlendBeingWritten(f"{path} is being written. Wait until it is saved, then try again.")

    monkeypatch.setattr(submission, "digest_of", restless)
    [fault] = refusal(farm, farm.blend())
    assert fault.field == "blend"
    assert "is being written. Wait until it is saved" in fault.message
    assert farm.count(Shot) == 0
    assert not (farm.root / "renders").exists()


def test_a_hundred_thousand_frames_are_submitted_in_a_blink(farm):
    blend = farm.blend()
    farm.submit(blend)  # the modules are loaded
    took = []
    for _ in range(5):
        begin = time.perf_counter()
        farm.submit(blend, frames="1-100000")
        took.append(time.perf_counter() - begin)
    assert min(took) < 0.05


def test_a_snapshot_is_what_the_shot_renders_from(farm):
    blend = farm.blend()
    shot = stored(farm.submit(blend, snapshot=True).shot.id)
    [copy] = copies(farm)
    assert COPY.match(copy.name)
    assert (shot.blend, shot.source_blend, shot.name) == (str(copy), str(blend), "tiny")
    assert copy.read_bytes() == blend.read_bytes()
    assert shot.blend_digest == blake(blend) == blake(copy)
    state = digest_of(copy)
    assert (shot.blend_mtime_ns, shot.blend_ctime_ns) == (state.mtime_ns, state.ctime_ns)
    assert not copy.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    detail = get_shot(shot.id)
    assert (detail.snapshot, detail.source_blend) == (True, str(blend))
    assert shot.output_dir == str(farm.root / "renders" / "tiny" / "v001")


def test_a_snapshot_may_be_read_by_those_who_may_read_the_original(farm):
    blend = farm.blend()
    blend.chmod(0o640)
    assert stat.S_IMODE(make_snapshot(blend).path.stat().st_mode) == 0o440


def test_each_snapshot_is_a_file_of_its_own(farm):
    blend = farm.blend()
    for _ in range(3):
        farm.submit(blend, snapshot=True)
    assert len(copies(farm)) == 3


def test_a_long_name_has_room_for_its_snapshot(farm):
    blend = farm.blend().rename(farm.root / f"{'ü' * 124}.blend")
    shot = stored(farm.submit(blend, snapshot=True, name="long").shot.id)
    assert shot.blend_digest == blake(blend)
    assert len(os.fsencode(os.path.basename(shot.blend))) <= 255  # noqa: PTH119


def test_the_file_browser_does_not_show_snapshots(farm):
    blend = farm.blend()
    farm.submit(blend, snapshot=True)
    assert [entry.name for entry in list_folder(farm.root, (farm.root,)).blends] == [blend.name]


def test_a_snapshot_itself_is_not_submitted(farm):
    farm.submit(farm.blend(), snapshot=True)
    [copy] = copies(farm)
    link = farm.root / "innocent.blend"
    link.symlink_to(copy)
    for path in (copy, link):
        [fault] = refusal(farm, path)
        assert fault.field == "blend"
        assert "a snapshot that belongs to a shot" in fault.message
        assert "(tiny.blend)" in fault.remedy


def test_a_folder_that_takes_no_snapshot_says_so(farm, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots.shutil, "copyfileobj", full)
    [fault] = refusal(farm, farm.blend(), snapshot=True)
    assert fault.field == "snapshot"
    assert f"{farm.root} (No space left on device)" in fault.message
    assert "submit without a snapshot" in fault.remedy
    assert copies(farm) == []
    assert farm.count(Shot) == 0


def test_a_folder_without_the_right_to_write_is_told_before_anything_is_copied(farm, monkeypatch):
    monkeypatch.setattr(snapshots.os, "access", lambda *_: False)
    with pytest.raises(RequestRefused, match=r"snapshot cannot be written into .*permission"):
        check(ShotRequest(blend=str(farm.blend()), snapshot=True, output=str(farm.root / "out")))


def test_the_snapshot_of_a_submission_that_fails_is_removed(farm, monkeypatch):
    def fail(*_args):
        assert len(copies(farm)) == 1
        raise OSError("the disk of the database is full")

    monkeypatch.setattr(submission, "_store", fail)
    with pytest.raises(OSError, match="disk of the database"):
        farm.submit(snapshot=True)
    assert copies(farm) == []


def test_a_file_saved_while_it_is_copied_is_copied_anew(farm, monkeypatch):
    blend, real = farm.blend(), snapshots.shutil.copyfileobj
    turns = iter(range(1))

    def save_meanwhile(source, target, length):
        if next(turns, None) is not None:
            blend.write_bytes(farm.blend("film.blend").read_bytes())
        real(source, target, length)

    monkeypatch.setattr(snapshots.shutil, "copyfileobj", save_meanwhile)
    made = make_snapshot(blend)
    assert made.state.digest == made.original.digest == blake(blend)
    assert copies(farm) == [made.path]


def test_a_file_saved_with_every_copy_is_being_written(farm, monkeypatch):
    blend, real = farm.blend(), snapshots.shutil.copyfileobj

    def save_meanwhile(source, target, length):
        real(source, target, length)
        target.write(b"something else")

    monkeypatch.setattr(snapshots.shutil, "copyfileobj", save_meanwhile)
    [fault] = refusal(farm, blend, snapshot=True)
    assert "is being written" in fault.message
    assert copies(farm) == []


def test_removing_a_snapshot_touches_nothing_else(farm):
    blend = farm.blend()
    copy = make_snapshot(blend).path
    assert remove_snapshot(copy)
    assert not copy.exists()
    assert remove_snapshot(copy)  # it is gone already
    assert not remove_snapshot(blend)
    assert not remove_snapshot(farm.root)
    assert blend.exists()


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        (".tiny.abcdefgh.brender.blend", True),
        (".a.b.abcdefgh.brender.blend", True),
        ("tiny.abcdefgh.brender.blend", False),
        (".tiny.abcdefg.brender.blend", False),
        (".tiny.abcdefgh.brender.blend1", False),
        (".abcdefgh.brender.blend", False),
        ("tiny.blend", False),
    ],
)
def test_a_snapshot_is_known_by_its_name(tmp_path, name, is_one):
    assert is_snapshot(tmp_path / name) is is_one


def test_limits_are_kept_with_the_shot(farm):
    shot_id = farm.submit(frame_limit_s=90, memory_limit_gb=1.5).shot.id
    detail = get_shot(shot_id)
    assert (detail.frame_limit_s, detail.memory_limit_bytes) == (90.0, 1_500_000_000)
    farm.join()
    [dispatch] = farm.assign()
    assert (dispatch.order.limits.frame_s, dispatch.order.limits.memory_bytes) == (
        90.0,
        1_500_000_000,
    )
    assert dispatch.order.scene.digest == detail.blend_digest


def test_without_limits_there_are_none(farm):
    detail = get_shot(farm.submit().shot.id)
    assert (detail.frame_limit_s, detail.memory_limit_bytes) == (None, None)


@pytest.mark.parametrize(("seconds", "gigabytes"), [(0.1, 0.05), (10_000_000, 1_000_000)])
def test_the_bounds_of_the_limits_are_allowed(farm, seconds, gigabytes):
    detail = get_shot(farm.submit(frame_limit_s=seconds, memory_limit_gb=gigabytes).shot.id)
    assert (detail.frame_limit_s, detail.memory_limit_bytes) == (seconds, gigabytes * 10**9)
