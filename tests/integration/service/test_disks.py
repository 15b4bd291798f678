from __future__ import annotations

import shutil
import threading

from brender_farm.service import disks
from brender_farm.service.disks import DiskWatch
from tests.waiting import wait_for


def test_each_disk_is_told_once_and_what_is_not_mounted_is_left_out(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    rooms = wait_for(
        DiskWatch([tmp_path / "a", tmp_path / "b", tmp_path / "gone"]).rooms, "the disk answers"
    )
    assert [room.root for room in rooms] == [str(tmp_path / "a")]
    assert 0 < rooms[0].free_bytes <= rooms[0].total_bytes


def test_a_disk_that_does_not_answer_holds_up_nobody(tmp_path, monkeypatch):
    answers, usual = threading.Event(), shutil.disk_usage

    def hang(path):
        answers.wait(60)
        return usual(path)

    monkeypatch.setattr(disks, "PATIENCE_S", 0.01)
    monkeypatch.setattr(disks.shutil, "disk_usage", hang)
    watch = DiskWatch([tmp_path])
    assert watch.rooms() == ()
    assert watch.rooms() == ()  # and it is not asked twice meanwhile
    answers.set()
    assert wait_for(watch.rooms, "it answers at last")
