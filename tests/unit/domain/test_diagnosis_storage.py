"""From what the farm's machine sees of a folder to what is wrong with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brender_farm.domain.diagnosis import State
from brender_farm.domain.diagnosis_storage import FolderFacts, diagnose_folders

WELL = FolderFacts(path="/srv/film", free_bytes=400 * 10**9, total_bytes=10**12)
SHOW = replace(WELL, show="Lantern")


def test_a_folder_without_fault_is_well_and_says_where_its_links_lead():
    (found,) = diagnose_folders([replace(SHOW, leads_to="/disk/film")])
    assert found.state is State.WELL
    assert found.found == (
        "/srv/film (show Lantern), which leads to /disk/film: readable, writable, 400.0 GB left"
    )


@pytest.mark.parametrize(
    ("facts", "state", "words", "remedy"),
    [
        (replace(WELL, is_hung=True), State.BROKEN, "storage hangs", "server"),
        (replace(WELL, is_there=False), State.BROKEN, "is not there", "BRENDER_ROOTS"),
        (replace(SHOW, is_there=False), State.BROKEN, "is not there", "brender shows set Lantern"),
        (replace(SHOW, is_inside=False), State.BROKEN, "outside BRENDER_ROOTS", "Add /srv/film"),
        (replace(WELL, read_trouble="denied"), State.BROKEN, "cannot be read", "chmod"),
        (
            replace(WELL, write_trouble="denied"),
            State.WARNING,
            "cannot be written to",
            "chmod",
        ),
        (
            replace(WELL, write_trouble="read-only", is_read_only=True),
            State.BROKEN,
            "mounted read-only",
            "remount,rw",
        ),
        (replace(WELL, free_bytes=10**8), State.BROKEN, "only 100.0 MB", "Make room"),
        (replace(WELL, free_bytes=3 * 10**10), State.WARNING, "97 % full", "Make room"),
    ],
    ids=[
        *("hung", "absent root", "absent show", "outside", "unreadable", "top not writable"),
        *("read-only disk", "full", "nearly full"),
    ],
)
def test_each_fault_is_told_with_its_remedy(facts, state, words, remedy):
    (found,) = diagnose_folders([facts])
    assert (found.part, found.state, found.subject) == ("storage", state, "/srv/film")
    assert words in found.found
    assert remedy in found.remedy
