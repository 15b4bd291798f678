"""Where a file of the farm is on a node, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.path_mapping import (
    Root,
    System,
    agree,
    join,
    split,
    system_of,
    to_farm,
    to_node,
)

FILM = Root("/srv/shows/film", "/mnt/film", "/Volumes/film", "Z:\\film")
FX = Root("/srv/shows/film/fx", "/fx", "", "\\\\nas\\fx")
ROOTS = (FILM, FX)


@pytest.mark.parametrize(
    ("system", "there"),
    [
        (System.LINUX, "/mnt/film/sh010/a.blend"),
        (System.MACOS, "/Volumes/film/sh010/a.blend"),
        (System.WINDOWS, "Z:\\film\\sh010\\a.blend"),
    ],
)
def test_a_file_below_a_root_is_found_on_each_kind_of_node(system, there):
    here = "/srv/shows/film/sh010/a.blend"
    assert to_node(here, ROOTS, system) == there
    assert to_farm(there, ROOTS, system) == here


@pytest.mark.parametrize(
    ("system", "there"),
    [
        (System.LINUX, "/fx/a.blend"),
        (System.MACOS, "/Volumes/film/fx/a.blend"),  # not said of the inner one: by the outer
        (System.WINDOWS, "\\\\nas\\fx\\a.blend"),
    ],
)
def test_the_deepest_root_decides(system, there):
    here = "/srv/shows/film/fx/a.blend"
    assert to_node(here, ROOTS, system) == there
    assert to_farm(there, ROOTS, system) == here


@pytest.mark.parametrize("path", ["/srv/shows/film2/a", "/elsewhere", "relative/a", "", "C:\\a"])
def test_what_lies_under_no_root_stays_as_it_is(path):
    for system in System:
        assert to_node(path, ROOTS, system) == path
        assert to_farm(path, ROOTS, system) == path
    assert to_node("/srv/shows/film/a", ROOTS, None) == "/srv/shows/film/a"


@pytest.mark.parametrize("told", ["z:/FILM/sh010/a.blend", "Z:\\Film\\sh010\\a.blend"])
def test_windows_tells_a_path_in_any_letter_case_and_with_either_slash(told):
    assert to_farm(told, ROOTS, System.WINDOWS) == "/srv/shows/film/sh010/a.blend"


def test_linux_tells_letter_cases_apart():
    assert to_farm("/mnt/Film/a", ROOTS, System.LINUX) == "/mnt/Film/a"


@pytest.mark.parametrize("name", ["..\\..\\windows", "a:b", "a\\b", "..", "x|y"])
def test_a_name_that_would_lead_elsewhere_on_windows_is_left_alone(name):
    path = f"/srv/shows/film/{name}"
    assert to_node(path, ROOTS, System.WINDOWS) == path


def test_a_root_that_is_a_whole_drive_or_share():
    roots = (Root("/srv/a", "/", "", "P:\\"), Root("/srv/b", "", "", "\\\\nas\\b\\"))
    assert to_node("/srv/a/x/y", roots, System.WINDOWS) == "P:\\x\\y"
    assert to_node("/srv/a", roots, System.WINDOWS) == "P:\\"
    assert to_node("/srv/b/x", roots, System.WINDOWS) == "\\\\nas\\b\\x"
    assert to_node("/srv/a/x", roots, System.LINUX) == "/x"


@pytest.mark.parametrize(
    "path", ["P:", "P:a", "\\\\nas", "\\a", "a\\b", "", "C:\\a\\..\\b", "\\\\?\\C:\\a"]
)
def test_what_is_no_full_path_of_windows_is_none(path):
    assert split(path, System.WINDOWS) is None


def test_machines_are_known_by_what_they_call_themselves():
    told = ("Linux 6.1.0", "Darwin 24.1.0", "Windows 11", "Linux", "FreeBSD 14", "")
    kinds = (System.LINUX, System.MACOS, System.WINDOWS, System.LINUX, None, None)
    assert tuple(map(system_of, told)) == kinds


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        (Root("/srv/other", "/mnt/other"), True),
        (Root("/srv/other", "/mnt/film"), False),
        (Root("/srv/other", "/mnt/film/other"), False),
        (Root("/srv/shows/film/other", "/mnt/film/other"), True),
        (Root("/srv/shows", "/mnt"), True),
        (Root("/srv/other", "/mnt"), False),
        (Root("/srv/other", ""), True),
    ],
)
def test_roots_that_would_give_one_path_to_two_files_do_not_agree(other, wanted):
    assert agree(FILM, other, System.LINUX) is wanted
    assert agree(other, FILM, System.LINUX) is wanted


NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters='/\\<>:"|?*', exclude_categories=["Cc"]),
    min_size=1,
    max_size=8,
).filter(lambda name: name not in {".", ".."})
STEPS = st.lists(NAMES, max_size=3).map(tuple)
FARM = st.builds(lambda *steps: join(("/", "srv", *sum(steps, ()))), STEPS)
POSIX = STEPS.map(lambda steps: join(("/", *steps)))
WINDOWS = st.builds(
    lambda start, steps: join((start, *steps), System.WINDOWS),
    st.sampled_from(["C:", "Z:", "\\\\nas\\shows"]),
    STEPS,
)
ROOT = st.builds(Root, FARM, POSIX, POSIX, WINDOWS)


@given(st.lists(ROOT, min_size=1, max_size=4), st.sampled_from(System), STEPS, st.data())
def test_there_and_back_is_the_same_path_below_its_root(roots, system, steps, data):
    for number, root in enumerate(roots):
        if not all(agree(root, other, system) for other in roots[:number]):
            return  # refused when it is set
    root = data.draw(st.sampled_from(roots))
    here = join((*split(root.farm), *steps))
    there = to_node(here, roots, system)
    assert to_farm(there, roots, system) == here
    shows = [split(each.on(system), system) for each in roots]
    found = split(there, system)
    assert any(found[: len(show)] == show for show in shows)


@given(st.text(max_size=40), st.lists(ROOT, max_size=3), st.sampled_from(System))
def test_any_text_is_mapped_to_itself_or_below_a_root(text, roots, system):
    for path in (text, f"/srv/{text}"):
        there = to_node(path, roots, system)
        shows = [split(root.on(system), system) for root in roots]
        found = split(there, system)
        assert there == path or any(found[: len(show)] == show for show in shows)
