"""What lies below a folder is opened; what a link leads to is not."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from brender_farm.beneath import create_below, held_below, open_below, opened_folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "shots" / "output"
    (folder / "passes").mkdir(parents=True)
    (folder / "0001.png").write_bytes(b"picture")
    (folder / "passes" / "0001.exr").write_bytes(b"pass")
    return folder


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "0001.png").write_bytes(b"secret")
    return folder / "0001.png"


@pytest.mark.parametrize(
    ("name", "content"), [("0001.png", b"picture"), ("passes/0001.exr", b"pass")]
)
def test_a_file_below_is_opened(output, name, content):
    with open_below(output, name) as file:
        assert file.read() == content


def test_a_link_in_a_files_place_is_not_followed(output, secret):
    (output / "0001.png").unlink()
    (output / "0001.png").symlink_to(secret)
    with pytest.raises(OSError, match="it is a link"):
        open_below(output, "0001.png")


def test_a_link_on_the_way_is_not_followed(output, secret):
    (output / "way").symlink_to(secret.parent)
    with pytest.raises(OSError, match="it is a link"):
        open_below(output, f"way/{secret.name}")


@pytest.mark.parametrize("depth", [0, 1])
def test_a_link_in_place_of_the_folder_or_one_above_it_is_not_followed(output, secret, depth):
    replaced = [output, *output.parents][depth]
    replaced.rename(replaced.with_name("old"))
    replaced.symlink_to(replaced.with_name("old"))
    with pytest.raises(OSError, match="it is a link"):
        open_below(output, "0001.png")


@pytest.mark.parametrize(
    "name", ["../x", "passes/../../x", "/etc/passwd", "", ".", "passes", "a\0b"]
)
def test_a_name_that_is_no_file_below_is_refused(output, name):
    with pytest.raises((OSError, ValueError)):
        open_below(output, name)


def test_a_named_pipe_is_refused_and_nobody_waits_for_it(output):
    os.mkfifo(output / "pipe")
    with pytest.raises(OSError, match="not an ordinary file"):
        open_below(output, "pipe")
    with pytest.raises(OSError, match=r"not an ordinary file|No such device"):
        create_below(output, "pipe")


def test_a_file_is_created_in_folders_that_are_made(output):
    os.close(create_below(output, "logs", "1.log"))
    (output / "logs" / "1.log").write_bytes(b"old")
    os.close(create_below(output, "logs", "1.log"))
    assert (output / "logs" / "1.log").read_bytes() == b""


def test_nothing_is_created_or_emptied_behind_a_link(output, secret):
    (output / "logs").mkdir()
    (output / "logs" / "1.log").symlink_to(secret)
    (output / "away").symlink_to(secret.parent)
    for names in (("logs", "1.log"), ("away", "new.log")):
        with pytest.raises(OSError, match="it is a link"):
            create_below(output, *names)
    assert secret.read_bytes() == b"secret"
    assert [each.name for each in secret.parent.iterdir()] == [secret.name]


def test_folders_are_made_only_below_the_one_that_is_there(output):
    with opened_folder(output, "a", "b", make=True):
        assert (output / "a" / "b").is_dir()
    with pytest.raises(FileNotFoundError), opened_folder(output / "gone", "a", make=True):
        pass


def test_a_path_that_is_held_stays_the_same_file(output, secret, tmp_path):
    with held_below(output, "0001.png", tmp_path) as path:
        (output / "0001.png").unlink()
        (output / "0001.png").symlink_to(secret)
        assert path.suffix == ".png"
        assert path.read_bytes() == b"picture"
    assert not path.is_symlink()


def test_no_descriptor_is_left_open(output, secret, tmp_path):
    before = psutil.Process().num_fds()
    open_below(output, "0001.png").close()
    (output / "link").symlink_to(secret)
    for name in ("link", "passes", "gone", "gone/x"):
        with pytest.raises(OSError):  # noqa: PT011 - of several kinds
            open_below(output, name)
    with held_below(output, "0001.png", tmp_path):
        pass
    assert psutil.Process().num_fds() == before
