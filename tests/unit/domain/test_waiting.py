from __future__ import annotations

import pytest

from brender_farm.domain.states import ShotState
from brender_farm.domain.views import Needs, NodeView, ShotView
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


def node(
    name: str = "a",
    *,
    slots: int = 2,
    free: int = 2,
    versions=("4.5.1",),
    gb: int = 16,
    tags=(),
    unwell=(),
) -> NodeView:
    return NodeView(
        name=name,
        slots=slots,
        free_slots=free,
        blender_versions=versions,
        memory_bytes=gb * 10**9,
        tags=frozenset(tags),
        unwell=frozenset(unwell),
    )


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
        pytest.param(
            ShotState.QUEUED,
            shot(needs=Needs(memory_bytes=32 * 10**9)),
            [node(gb=16), node("b", gb=8)],
            2,
            "needs 32 GB of memory: the largest available node has 16 GB",
            id="too-little-memory",
        ),
        pytest.param(
            ShotState.QUEUED,
            shot(needs=Needs(tags=frozenset({"gpu", "linux"}))),
            [node(tags=("linux",))],
            1,
            "needs a node with the tag gpu: no available node has it",
            id="a-tag-nobody-has",
        ),
        pytest.param(
            ShotState.QUEUED,
            shot(needs=Needs(tags=frozenset({"gpu"}), not_tags=frozenset({"slow"}))),
            [node(tags=("gpu", "slow")), node("b")],
            2,
            "No available node meets all it needs: gpu, not slow",
            id="no-node-has-it-all",
        ),
        pytest.param(
            ShotState.RENDERING,
            shot(max_nodes=1, on_nodes=frozenset({"a"}), busy_slots=2),
            [node(free=0), node("b")],
            2,
            "It is on 1 node, as many as it may have",
            id="at-its-limit-of-nodes",
        ),
        pytest.param(
            ShotState.QUEUED,
            shot(banned=frozenset({"a"}), output_dir="/full"),
            [node(), node("b", unwell=("/full",))],
            2,
            "1 node cannot write to /full now",
            id="kept-away",
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
