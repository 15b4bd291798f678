"""When a node stops to trust a folder, and when it trusts it again."""

from __future__ import annotations

from tests.waiting import wait_for
from workers.storage import Storage, probe


def test_a_sound_folder_passes_and_nothing_is_left_in_it(tmp_path):
    assert probe(tmp_path) == ""
    assert list((tmp_path / ".brender").iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    reason = probe(tmp_path / "not-mounted")
    assert "is not there on this node" in reason
    assert "mounted" in reason
    assert not (tmp_path / "not-mounted").exists()


def test_a_full_disk_is_named_with_its_figures(small_disk):
    (small_disk / "ballast").write_bytes(bytes(2_500_000))
    reason = probe(small_disk)
    assert f"{small_disk} is full: 0.6 MB are free and 1.0 MB are needed" in reason


def test_a_disk_without_room_for_the_frame_is_full(small_disk):
    assert probe(small_disk, 2_000_000) == ""
    assert "4.0 MB are needed" in probe(small_disk, 4_000_000)
    assert list((small_disk / ".brender").iterdir()) == []


def test_a_folder_that_is_no_folder_is_named_with_the_error(tmp_path):
    (tmp_path / ".brender").touch()
    assert "cannot be written to" in probe(tmp_path)


def test_an_unwell_folder_is_listed_until_it_is_well(small_disk):
    storage, ballast = Storage(), small_disk / "ballast"
    ballast.write_bytes(bytes(2_500_000))
    assert storage.examine("/farm/out", small_disk)
    assert [one.folder for one in storage.unwell()] == ["/farm/out"]
    assert storage.trouble("/farm/out")
    assert storage.look_again() is False

    ballast.unlink()

    assert storage.look_again() is True
    assert (storage.unwell(), storage.trouble("/farm/out")) == ([], "")


def test_the_room_that_was_needed_is_still_needed_later(small_disk):
    storage = Storage()
    assert storage.examine("/farm/out", small_disk, 10_000_000)
    assert storage.look_again() is False


def test_the_farm_is_told_when_a_folder_is_well_again(tmp_path):
    storage, told = Storage(every_s=0.05), []
    storage.start(lambda: told.append(True))
    storage.examine("/farm/out", tmp_path / "out")
    (tmp_path / "out").mkdir()
    wait_for(lambda: told, "the farm is told")
    storage.stop()
    assert storage.unwell() == []


def test_a_distrusted_folder_is_unwell_though_a_probe_succeeds(tmp_path):
    storage = Storage()
    reason = storage.distrust("/farm/out", tmp_path, PermissionError(13, "Permission denied"))
    assert "Permission denied" in reason
    assert storage.trouble("/farm/out") == reason
