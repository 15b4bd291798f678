from __future__ import annotations

import pytest

from brender_farm.domain.states import ShotState
from brender_farm.domain.views import NodeView, ShotView
from brender_farm.domain.waiting import why_waiting


def shot(**changes: object) -> ShotView:
    known = {
        "id": 1,
        "priority": 50,
        "submitter": "ada",
        "blend": "/a.blend",
        "blend_version": "4.5",
        "pending_count": 10,
        "chunk_size": None,
        "seconds_per_frame": None,
        "busy_slots": 0,
        "output_dir": "/out",
    }
    return ShotView(**{**known, **changes})


def node(name: str = "a", *, slots: int = 2, free: int = 2, versions=("4.5.1",)) -> NodeView:
    return NodeView(name=name, slots=slots, free_slots=free, blender_versions=versions)


@pytest.mark.parametrize(
    ("state", "view", "nodes", "known", "words"),
    [
        pytest.param(ShotState.PAUSED, shot(), [node()], 1, "paused. Resume it", id="paused"),
        pytest.param(
            ShotState.QUEUED,
            shot(),
            [],
            0,
            "no node yet. Start one with: brender worker",
            id="none",
        ),
        pytest.param(
            ShotState.QUEUED, shot(), [], 3, "None of the 3 nodes takes work", id="all-away"
        ),
        pytest.param(
            ShotState.QUEUED,
            shot(blend_version="5.0"),
            [node(versions=("3.4.1",)), node("b", versions=("4.10", "4.9"))],
            2,
            "saved by Blender 5.0; the newest on an available node is 4.10. Install",
            id="too-new",
        ),
        pytest.param(
            ShotState.RENDERING,
            shot(busy_slots=1),
            [node(free=0), node("b", slots=4, free=4, versions=("3.4",))],
            2,
            "All 2 slots that fit are busy, 1 of them with this shot",
            id="busy",
        ),
    ],
)
def test_a_waiting_shot_says_why_and_what_would_help(state, view, nodes, known, words):
    assert words in why_waiting(view, state, nodes, known_nodes=known)


@pytest.mark.parametrize(
    ("state", "view"),
    [
        pytest.param(ShotState.QUEUED, shot(), id="a-slot-is-free"),
        pytest.param(ShotState.RENDERING, shot(pending_count=0), id="all-is-given-away"),
        pytest.param(ShotState.COMPLETED, shot(), id="completed"),
        pytest.param(ShotState.CANCELLED, shot(), id="cancelled"),
        pytest.param(ShotState.FAILED, shot(), id="failed"),
    ],
)
def test_a_shot_that_nothing_holds_back_says_nothing(state, view):
    assert why_waiting(view, state, [node(free=0), node("b", free=1)], known_nodes=2) == ""
