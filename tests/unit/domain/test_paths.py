from __future__ import annotations

from pathlib import Path

import pytest

from brender_farm.domain.paths import confine, expand, is_inside
from brender_farm.errors import RequestRefused


@pytest.fixture
def root(tmp_path):
    place = tmp_path / "shows"
    (place / "a").mkdir(parents=True)
    (tmp_path / "shows_private").mkdir()
    return place


@pytest.mark.parametrize("wanted", ["a", "a/../a", "not/there/yet.blend", ".", "ünïcode 1.blend"])
def test_a_path_inside_a_root_is_returned_resolved(root, wanted):
    assert confine(root / wanted, (Path("/elsewhere"), root), "file") == (root / wanted).resolve()


def test_text_is_taken_as_a_path(root):
    assert confine(f"{root}/a", (root,), "file") == root / "a"


@pytest.mark.parametrize(
    "wanted", ["..", "../shows_private", "/etc/passwd", "a/../../x", "link", "link/deeper.blend"]
)
def test_a_path_outside_the_roots_is_refused_with_the_remedy(root, tmp_path, wanted):
    (root / "link").symlink_to(tmp_path / "shows_private")
    with pytest.raises(RequestRefused) as refusal:
        confine(root / wanted, (root,), "output")
    (fault,) = refusal.value.faults
    assert fault.field == "output"
    assert fault.message == f"{root / wanted} is outside the folders this farm may use ({root})."
    assert fault.remedy == "Move it there, or add its folder to BRENDER_ROOTS and restart."


def test_a_root_that_is_a_link_counts_as_where_it_leads(root, tmp_path):
    (tmp_path / "mount").symlink_to(root)
    assert confine(tmp_path / "mount" / "a", (tmp_path / "mount",), "file") == root / "a"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        pytest.param("", "No path was given", id="empty"),
        pytest.param("  ", "No path was given", id="blank"),
        pytest.param("scene.blend", "is not a full path", id="relative"),
        pytest.param("//scene.blend\0", "U+0000", id="nul"),
        pytest.param("/" + "x" * 5000, "5,001 characters", id="overlong"),
        pytest.param(f"/{'x' * 300}/a.blend", "has 300 bytes", id="overlong-name"),
        pytest.param("/shows/\ud800.blend", "not text", id="lone-surrogate"),
        pytest.param("/shows/\udcff.blend", "not text", id="undecodable"),
        pytest.param("C:\\shows\\a.blend", "is not a full path", id="windows"),
    ],
)
def test_what_cannot_be_a_path_is_refused_in_words(root, wanted, words):
    with pytest.raises(RequestRefused) as refusal:
        confine(wanted, (root,), "file")
    assert words in refusal.value.faults[0].message


def test_a_circle_of_links_is_refused(root):
    (root / "one").symlink_to(root / "two")
    (root / "two").symlink_to(root / "one")
    with pytest.raises(RequestRefused, match="cannot be followed"):
        confine(root / "one" / "a.blend", (root,), "file")


def test_without_roots_nothing_may_be_used(root):
    with pytest.raises(RequestRefused, match="none is set"):
        confine(root, (), "file")


def test_a_neighbour_with_the_same_beginning_is_not_inside(root, tmp_path):
    assert not is_inside(tmp_path / "shows_private", (root,))
    assert is_inside(root / "a", (root,))


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("~/a.blend", str(Path.home() / "a.blend")),
        ("/a/~/b", "/a/~/b"),
        ("~no-such-user-here/a", "~no-such-user-here/a"),
        ("", ""),
        (" ", ""),
    ],
)
def test_a_leading_tilde_is_the_home_folder(text, expanded):
    assert expand(text) == expanded
