from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from brender_farm.blendfile import browse
from brender_farm.blendfile.browse import list_folder
from brender_farm.errors import NotFound, RequestRefused


@pytest.fixture
def root(tmp_path):
    place = tmp_path / "shows"
    for folder in ("seq_10", "seq_2", ".git", ".brender", "textures"):
        (place / folder).mkdir(parents=True)
    for name in (
        "shot_10.blend",
        "Shot_2.blend",
        "shot_1.BLEND",
        "notes.txt",
        ".hidden.blend",
        "a.blend1",
    ):
        (place / name).write_bytes(b"BLENDER")
    return place


def test_folders_and_blends_are_listed_in_natural_order(root):
    listing = list_folder(root, (root,))
    assert [entry.name for entry in listing.folders] == ["seq_2", "seq_10", "textures"]
    assert [entry.name for entry in listing.blends] == [
        "shot_1.BLEND",
        "Shot_2.blend",
        "shot_10.blend",
    ]
    assert listing.path == root
    assert not listing.truncated


def test_a_blend_has_its_size_and_time(root):
    os.utime(root / "Shot_2.blend", (1_700_000_000, 1_700_000_000))
    entry = list_folder(root, (root,)).blends[1]
    assert entry.path == root / "Shot_2.blend"
    assert entry.size_bytes == 7
    assert entry.modified_at == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_root_has_no_parent_and_a_folder_in_it_has(root):
    assert list_folder(root, (root,)).parent is None
    assert list_folder(root / "seq_2", (root,)).parent == root


def test_without_a_folder_the_roots_are_listed(root, tmp_path):
    listing = list_folder(None, (root, tmp_path / "unmounted"))
    assert (listing.path, listing.parent, listing.blends) == (None, None, ())
    assert [entry.path for entry in listing.folders] == [root]


@pytest.mark.parametrize("wanted", ["..", "../other", "/etc", "link_out"])
def test_outside_the_roots_is_refused(root, tmp_path, wanted):
    (tmp_path / "other").mkdir()
    (root / "link_out").symlink_to(tmp_path / "other")
    with pytest.raises(RequestRefused) as refusal:
        list_folder(root / wanted, (root,))
    assert refusal.value.faults[0].field == "folder"


@pytest.mark.parametrize("wanted", ["nowhere", "notes.txt"])
def test_what_is_no_folder_is_not_found(root, wanted):
    with pytest.raises(NotFound, match="not a folder that can be listed"):
        list_folder(root / wanted, (root,))


def test_links_are_listed_only_if_they_stay_inside(root, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret.blend").write_bytes(b"BLENDER")
    (root / "out").symlink_to(tmp_path / "other")
    (root / "secret.blend").symlink_to(tmp_path / "other" / "secret.blend")
    (root / "in").symlink_to(root / "seq_2")
    (root / "gone.blend").symlink_to(root / "gone")
    (root / "circle").symlink_to(root / "circle")
    listing = list_folder(root, (root,))
    assert [entry.name for entry in listing.folders] == ["in", "seq_2", "seq_10", "textures"]
    assert "secret.blend" not in {entry.name for entry in listing.blends}
    assert "gone.blend" not in {entry.name for entry in listing.blends}


def test_names_that_are_not_text_are_left_out(root):
    (root / os.fsdecode(b"\xff\xfe")).mkdir()
    assert [entry.name for entry in list_folder(root, (root,)).folders] == [
        "seq_2",
        "seq_10",
        "textures",
    ]


def test_a_full_folder_is_cut_and_says_so(root, monkeypatch):
    monkeypatch.setattr(browse, "MAX_ENTRIES", 4)
    listing = list_folder(root, (root,))
    assert (len(listing.folders), len(listing.blends), listing.truncated) == (3, 1, True)


def test_folders_with_no_end_are_looked_at_only_so_far(root, monkeypatch):
    monkeypatch.setattr(browse, "_MAX_SCANNED", 2)
    assert list_folder(root, (root,)).truncated


@pytest.mark.parametrize("odd", ["line\nend", "esc\x1b[2J", "right\u202eto", "iso\u2066late"])
def test_a_name_that_no_path_may_have_is_not_listed(root, odd):
    (root / f"{odd}.blend").write_bytes(b"BLENDER")
    (root / odd).mkdir()
    listing = list_folder(root, (root,))
    assert odd not in str([entry.name for entry in (*listing.folders, *listing.blends)])
    assert len(listing.folders) == 3
    assert len(listing.blends) == 3
