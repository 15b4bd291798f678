"""A file goes to its name below the output folder, or nowhere."""

from __future__ import annotations

import psutil
import pytest

from brender_farm.errors import FrameFailed
from workers.moving import move_into_place


@pytest.fixture
def output(tmp_path):
    folder = tmp_path / "output"
    folder.mkdir()
    return folder


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "draft"
    path.write_text("new")
    return path


def test_missing_folders_are_made(file, output):
    move_into_place(file, output, "Beauty/sub/Mask0001.png")
    assert (output / "Beauty/sub/Mask0001.png").read_text() == "new"
    assert not file.exists()


def test_an_older_file_is_replaced(file, output):
    (output / "0001_R.png").write_text("old")
    move_into_place(file, output, "0001_R.png")
    assert (output / "0001_R.png").read_text() == "new"


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/tmp/x", ".brender/x", "", "."])
def test_a_name_that_leads_elsewhere_is_refused(file, output, name):
    with pytest.raises(FrameFailed, match="it leads elsewhere"):
        move_into_place(file, output, name)
    assert file.exists()


@pytest.mark.parametrize("name", ["link/x.png", "real/link/x.png"])
def test_a_link_is_never_followed(file, output, tmp_path, name):
    (output / "real").mkdir()
    for link in (output / "link", output / "real" / "link"):
        link.symlink_to(tmp_path)
    with pytest.raises(FrameFailed, match=r"link in .*output is a link or no folder"):
        move_into_place(file, output, name)
    assert not (tmp_path / "x.png").exists()


def test_a_link_under_the_files_own_name_is_replaced(file, output, tmp_path):
    (tmp_path / "precious").write_text("old")
    (output / "x.png").symlink_to(tmp_path / "precious")
    move_into_place(file, output, "x.png")
    assert (tmp_path / "precious").read_text() == "old"
    assert (output / "x.png").read_text() == "new"


def test_a_folder_under_the_files_name_is_told(file, output):
    (output / "x.png").mkdir()
    with pytest.raises(FrameFailed, match=r"x\.png could not be put in its place: Is a directory"):
        move_into_place(file, output, "x.png")


def test_no_folder_stays_open(file, output):
    before = psutil.Process().num_fds()
    move_into_place(file, output, "a/b/c")
    assert psutil.Process().num_fds() == before
