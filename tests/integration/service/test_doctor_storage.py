"""The farm's folders, looked at from its own machine, with markers that never stay."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from brender_farm.domain.markers import MAX_BYTES, marker_name, new_token
from brender_farm.service.doctor_storage import Folder, look_at, marked


def test_a_folder_has_a_marker_while_nodes_are_asked_and_none_afterwards(tmp_path: Path) -> None:
    with marked([Folder(path=str(tmp_path))], (tmp_path,)) as (one,):
        path = tmp_path / marker_name(one.token)
        assert path.read_text() == one.holds
        assert path.stat().st_mode & 0o777 == 0o644  # a node's account may be another
        assert (one.facts.is_there, one.facts.write_trouble) == (True, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_the_marker_goes_however_the_check_ends(tmp_path: Path, error: type) -> None:
    def cut_off() -> None:
        with marked([Folder(path=str(tmp_path))], (tmp_path,)):
            assert list(tmp_path.iterdir())
            raise error

    with pytest.raises(error):
        cut_off()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    with marked([Folder(path=str(gone), show="Lantern")], (tmp_path,)) as (one,):
        assert (one.facts.is_there, one.facts.show, one.holds) == (False, "Lantern", "")
    assert not gone.exists()


def test_a_read_only_disk_is_told(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with marked([Folder(path=str(small_disk))], (small_disk,)) as (one,):
        assert (one.facts.is_read_only, one.holds) == (True, "")
        assert one.facts.write_trouble == "Read-only file system"


def test_links_are_followed_and_what_leads_outside_is_told(tmp_path: Path) -> None:
    inside, outside = tmp_path / "roots", tmp_path / "elsewhere"
    inside.mkdir()
    outside.mkdir()
    (inside / "show").symlink_to(outside)
    facts = look_at(Folder(path=str(inside / "show")), (inside,))
    assert (facts.leads_to, facts.is_inside) == (str(outside), False)
    assert look_at(Folder(path=str(inside)), (inside,)).leads_to == ""


def test_a_marker_of_a_check_that_was_cut_off_is_swept_and_nothing_else(tmp_path: Path) -> None:
    old, young, large, named = (tmp_path / marker_name(new_token()) for _ in range(4))
    named = tmp_path / ".brender-check-notes"
    for path in (old, young, named):
        path.write_text("words")
    large.write_text("x" * (MAX_BYTES + 1))
    for path in (old, large, named):
        os.utime(path, (time.time() - 7200,) * 2)
    with marked([Folder(path=str(tmp_path))], (tmp_path,)):
        assert not old.exists()
    assert set(tmp_path.iterdir()) == {young, large, named}


def test_a_folder_that_hangs_is_told_and_leaves_no_marker_when_it_wakes(tmp_path: Path) -> None:
    with marked([Folder(path=str(tmp_path))], (tmp_path,), limit_s=-1) as (one,):
        assert one.facts.is_hung or one.facts.is_there  # it may have been quicker
    assert list(tmp_path.iterdir()) == []
