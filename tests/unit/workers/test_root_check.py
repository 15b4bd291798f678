"""What a node sees of the farm's folders."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest

from brender_farm.domain.markers import marker_name
from brender_farm.domain.path_mapping import System
from brender_farm.wire_checkup import RootOrder, RootSeen
from workers.root_check import look_at_roots

TOKEN, HOLDS = "0a" * 16, "1b" * 16


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "srv"
    folder.mkdir()
    (folder / marker_name(TOKEN)).write_text(HOLDS)
    return folder


def order_for(path: Path | str) -> RootOrder:
    there = str(path)
    return RootOrder(
        farm="/farm/srv", linux=there, macos="/Volumes/srv", windows="S:", marker=TOKEN
    )


def seen(path: Path | str, *own_roots: Path, patience_s: float = 0.3) -> RootSeen:
    (found,) = look_at_roots([order_for(path)], own_roots, System.LINUX, patience_s=patience_s)
    return found


def test_a_folder_that_is_the_farms_is_there_the_same_and_writable(root: Path) -> None:
    found = seen(root, root.parent)
    assert (found.farm, found.path) == ("/farm/srv", str(root))
    assert (found.is_inside, found.is_there, found.is_writable) == (True, True, True)
    assert (found.found, found.trouble) == (HOLDS, "")
    assert found.free_bytes
    assert found.total_bytes
    assert [entry.name for entry in root.iterdir()] == [marker_name(TOKEN)]


def test_a_folder_that_is_not_there_is_told(root: Path) -> None:
    found = seen(root / "gone", root)
    assert (found.is_inside, found.is_there) == (True, False)


def test_another_folder_of_the_same_name_has_no_marker(root: Path) -> None:
    (root / marker_name(TOKEN)).unlink()
    found = seen(root, root)
    assert (found.is_there, found.found, found.is_writable) == (True, "", True)


def test_a_marker_that_a_network_disk_shows_late_is_found(
    root: Path,
) -> None:
    (root / marker_name(TOKEN)).unlink()
    late = threading.Timer(0.4, lambda: (root / marker_name(TOKEN)).write_text(HOLDS))
    late.start()
    assert seen(root, root, patience_s=30).found == HOLDS


@pytest.mark.parametrize("outside", ["/etc", "/proc/self", "relative", "/srv\0x"])
def test_nothing_outside_the_nodes_own_roots_is_looked_at(root: Path, outside: str) -> None:
    found = seen(outside, root)
    assert (found.is_inside, found.is_there, found.free_bytes) == (False, False, None)


def test_a_link_out_of_the_roots_is_outside(root: Path, tmp_path: Path) -> None:
    (root / "link").symlink_to("/etc")
    assert not seen(root / "link", root).is_inside


@pytest.mark.parametrize("content", ["secret of somebody", "", "x" * 4000, HOLDS.upper()])
def test_nothing_but_a_markers_own_words_is_told(root: Path, content: str) -> None:
    (root / marker_name(TOKEN)).write_text(content)
    assert seen(root, root).found == ""


def test_a_marker_is_never_read_through_a_link(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(HOLDS)
    (root / marker_name(TOKEN)).unlink()
    (root / marker_name(TOKEN)).symlink_to(secret)
    assert seen(root, root).found == ""


def test_a_read_only_disk_is_told(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    found = seen(small_disk, small_disk)
    assert (found.is_there, found.is_writable) == (True, False)
    assert found.trouble == "Read-only file system"


def test_a_storage_that_hangs_holds_up_neither_the_node_nor_the_other_folders(root: Path) -> None:
    (root / marker_name(TOKEN)).unlink()
    orders = [order_for(root), order_for(root / "gone")]
    hung, gone = look_at_roots(orders, (root,), System.LINUX, limit_s=1, patience_s=20)
    assert "does not answer within 1 s" in hung.trouble
    assert (gone.trouble, gone.is_there) == ("", False)


def test_a_marker_that_is_no_file_does_not_hang_the_node(root: Path) -> None:
    (root / marker_name(TOKEN)).unlink()
    os.mkfifo(root / marker_name(TOKEN))  # opening what nobody writes to would wait for ever
    assert seen(root, root).found == ""
