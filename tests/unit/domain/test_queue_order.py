"""The order in which shots get their next slot, and the words for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.line import Line
from brender_farm.domain.queue_order import Standing, in_order, priority_between
from brender_farm.domain.room import Room
from brender_farm.domain.views import Needs, NodeView, ShotView

ATLAS = NodeView(name="atlas", slots=2, free_slots=0, blender_versions=("4.5.15",))


def shot(id_: int, submitter: str = "ada", **changes: object) -> ShotView:
    known = {
        "priority": 50,
        "blend": f"/{id_}.blend",
        "blend_version": "4.5",
        "output_dir": "/out",
        "pending_count": 9,
        "chunk_size": 1,
        "seconds_per_frame": None,
        "busy_slots": 0,
    }
    return ShotView(id=id_, submitter=submitter, **{**known, **changes})


def order(*shots: ShotView, limits: dict[str, int] | None = None, most: int = 9) -> list[Standing]:
    return in_order(shots, Room([ATLAS]), limits or {}, most=most)


@pytest.mark.parametrize(
    ("shots", "ids", "first"),
    [
        pytest.param(
            (shot(1), shot(2, priority=80)), [2, 1], "Priority 80 is higher than 50.", id="priority"
        ),
        pytest.param(
            (shot(1, busy_slots=2), shot(2, "bob")),
            [2, 1],
            "bob has no slot, ada 2.",
            id="smallest-share",
        ),
        pytest.param(
            (shot(1, busy_slots=2, weight=4.0), shot(2, "bob", busy_slots=1)),
            [1, 2],
            "ada has 2 slots at weight 4, bob 1.",
            id="weight",
        ),
        pytest.param(
            (shot(1, busy_slots=1), shot(2)), [2, 1], "It has no slot, #1 has 1.", id="fewest-slots"
        ),
        pytest.param(
            (shot(2), shot(1)), [1, 2], "Submitted before #2; all else is equal.", id="age"
        ),
        pytest.param((shot(7),), [7], "The last in line.", id="alone"),
        pytest.param(
            (shot(1), shot(2), shot(3, "bob")),
            [1, 3, 2],
            "Submitted before #3; all else is equal.",
            id="in-turns",
        ),
    ],
)
def test_shots_stand_in_the_order_of_their_turns_with_the_reason(
    shots: tuple[ShotView, ...], ids: list[int], first: str
) -> None:
    found = order(*shots)

    assert [standing.shot.id for standing in found] == ids
    assert found[0].why == first


def test_a_shot_without_frames_to_give_away_counts_but_does_not_stand() -> None:
    found = order(shot(1, busy_slots=3, pending_count=0), shot(2), shot(3, "bob"))

    assert [standing.shot.id for standing in found] == [3, 2]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, "", id="nothing"),
        pytest.param({"needs": Needs(tags=frozenset({"gpu"}))}, "No node", id="no-node"),
        pytest.param({"banned": frozenset({"atlas"})}, "No node", id="banned"),
        pytest.param(
            {"limits": frozenset({"nuke"})}, "The limit nuke is used up: 2 of 2", id="limit"
        ),
        pytest.param(
            {"max_nodes": 1, "on_nodes": ("atlas",)}, "on 1 node at a time, and is", id="most-nodes"
        ),
    ],
)
def test_what_lets_a_turn_pass_by_is_named(changes: dict[str, object], words: str) -> None:
    other = shot(2, "bob", limits=frozenset({"nuke"}), busy_slots=2, pending_count=0)
    found = order(shot(1, **changes), other, limits={"nuke": 2})

    hindrance = found[0].hindrance
    assert words in hindrance
    assert bool(words) == bool(hindrance)


@given(
    st.lists(
        st.tuples(
            st.sampled_from((20, 50, 80)),
            st.sampled_from("abc"),
            st.integers(0, 3),
            st.integers(0, 2),
        ),
        max_size=9,
    )
)
def test_the_first_is_the_planners_and_everybody_stands_once(
    rows: list[tuple[int, str, int, int]],
) -> None:
    shots = [
        shot(id_, who, priority=priority, busy_slots=busy, pending_count=pending)
        for id_, (priority, who, busy, pending) in enumerate(rows, start=1)
    ]
    found = order(*shots, most=99)

    first = Line(shots).first()
    assert (found[0].shot if found else None) == first
    assert sorted(s.shot.id for s in found) == [s.id for s in shots if s.pending_count]
    priorities = [standing.shot.priority for standing in found]
    assert priorities == sorted(priorities, reverse=True)


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        (None, 50, 51),
        (None, 100, 100),
        (50, None, 49),
        (0, None, 0),
        (80, 50, 51),
        (51, 50, 51),
        (50, 50, 50),
        (20, 50, 50),
    ],
)
def test_a_place_between_two_shots_is_a_priority(
    above: int | None, below: int | None, expected: int
) -> None:
    assert priority_between(above, below) == expected
