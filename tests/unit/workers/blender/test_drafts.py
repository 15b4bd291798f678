"""What runs inside Blender writes to one draft folder, and never brings a removed one back."""

from __future__ import annotations

import importlib
import sys

import psutil
import pytest

from workers.blender import protocol


@pytest.fixture
def drafts(monkeypatch):
    """Return the module as it is inside Blender, where its neighbours have other names."""
    monkeypatch.setitem(sys.modules, "brender_protocol", protocol)
    return importlib.import_module("workers.blender.drafts")


def test_what_is_written_by_the_path_is_in_the_folder(drafts, tmp_path):
    with drafts.held(tmp_path) as folder:
        (folder / "frame").write_text("pixels")
    assert (tmp_path / "frame").read_text() == "pixels"


def test_a_folder_that_is_not_there_is_refused(drafts, tmp_path):
    with pytest.raises(FileNotFoundError), drafts.held(tmp_path / "gone"):
        pass
    assert not (tmp_path / "gone").exists()


def test_a_folder_that_is_removed_meanwhile_cannot_be_made_again(drafts, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    with drafts.held(gone) as folder:
        gone.rmdir()
        with pytest.raises(FileNotFoundError):
            (folder / "outputs" / "Beauty").mkdir(parents=True)
    assert not gone.exists()


def test_the_folder_is_let_go_afterwards(drafts, tmp_path):
    before = psutil.Process().num_fds()
    with drafts.held(tmp_path):
        pass
    assert psutil.Process().num_fds() == before


def test_a_view_that_is_missing_is_told(drafts, tmp_path):
    (tmp_path / ".0000003_L.rendering").touch()
    with pytest.raises(protocol.Refusal, match=r"rendered frame 3 but wrote no 0003_R\.png"):
        drafts.take_views(tmp_path / "0003.png", 3, ["_L", "_R"], ".rendering")


def test_what_an_earlier_try_left_is_no_view(drafts, tmp_path):
    target = tmp_path / "0003.png"
    (tmp_path / ".0000003_R.rendering").touch()
    drafts.clear_the_way(target, 3, ["_L", "_R"], ".rendering")
    (tmp_path / ".0000003_L.rendering").touch()
    with pytest.raises(protocol.Refusal, match=r"wrote no 0003_R\.png"):
        drafts.take_views(target, 3, ["_L", "_R"], ".rendering")
