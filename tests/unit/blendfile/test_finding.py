from __future__ import annotations

import os

import pytest

from brender_farm.blendfile import finding
from brender_farm.blendfile.finding import find_blends
from brender_farm.errors import RequestRefused


@pytest.fixture
def root(tmp_path):
    for name in (
        "b/deep/lantern_2.blend",
        "a/lantern_10.blend",
        "a/lantern_9.blend",
        "harbour.blend",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"BLENDER")
    return tmp_path


def names(found):
    return [blend.name for blend in found.blends]


def test_files_below_a_folder_are_found_level_by_level(root):
    found = find_blends(root, "LANTERN", (root,))
    assert names(found) == ["lantern_9.blend", "lantern_10.blend", "lantern_2.blend"]
    assert not found.truncated


def test_hidden_folders_and_links_that_lead_out_are_not_entered(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "lantern_x.blend").write_bytes(b"BLENDER")
    (root / "link").symlink_to(elsewhere)
    (root / "loop").symlink_to(root)
    (root / ".brender").mkdir()
    (root / ".brender" / "lantern_y.blend").write_bytes(b"BLENDER")
    (root / "lantern_z.blend").symlink_to(elsewhere / "lantern_x.blend")
    assert len(names(find_blends(root, "lantern", (root,)))) == 3


def test_nothing_outside_the_roots_is_searched(root):
    with pytest.raises(RequestRefused):
        find_blends(root, "x", (root / "a",))
    assert len(names(find_blends(None, "lantern", (root / "a", root / "b")))) == 3


def test_a_search_that_is_too_much_is_given_up_and_says_so(root, monkeypatch):
    monkeypatch.setattr(finding, "_MAX_SCANNED", 3)
    assert find_blends(root, "lantern", (root,)).truncated
    monkeypatch.setattr(finding, "MAX_FOUND", 1)
    found = find_blends(root, "harbour", (root,))
    assert found.truncated


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_left_out(root):
    (root / "a").chmod(0)
    assert names(find_blends(root, "lantern", (root,))) == ["lantern_2.blend"]
    (root / "a").chmod(0o700)
