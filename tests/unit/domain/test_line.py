from __future__ import annotations

import pytest

from brender_farm.domain.line import Line
from brender_farm.domain.views import ShotView


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


def turns(shots: list[ShotView], count: int) -> list[int]:
    """Return the ids of those that get a slot, one after the other."""
    line, ids = Line(shots), []
    for _ in range(count):
        turn = line.first()
        line.take(turn)
        ids.append(turn.id)
    return ids


@pytest.mark.parametrize(
    ("shots", "expected"),
    [
        pytest.param([shot(1), shot(2, priority=80)], [2, 2, 2], id="priority-first"),
        pytest.param([shot(1), shot(2), shot(3, "bob")], [1, 3, 2, 3], id="submitters-in-turn"),
        pytest.param([shot(3), shot(1), shot(2)], [1, 2, 3, 1], id="the-older-of-equals"),
        pytest.param([shot(1, busy_slots=2), shot(2)], [2, 2, 1], id="fewest-slots"),
        pytest.param(
            [shot(1, busy_slots=2, pending_count=0), shot(2), shot(3, "bob")],
            [3, 3, 2],
            id="slots-without-frames-count-for-the-share",
        ),
        pytest.param(
            [shot(1, weight=2.0), shot(2, "bob")], [1, 2, 1, 1, 2, 1], id="twice-the-weight"
        ),
    ],
)
def test_the_turn_goes_by_priority_share_slots_and_age(shots, expected):
    assert turns(shots, len(expected)) == expected


def test_a_line_without_frames_to_give_has_no_first():
    assert Line([shot(1, pending_count=0)]).first() is None


def test_who_steps_aside_loses_nothing():
    line = Line([shot(1), shot(2, "bob")])
    line.leave(shot(1))
    assert line.first().id == 2
    line.take(shot(2, "bob"))
    line.join(shot(1))
    assert line.first().id == 1


def test_a_slot_that_is_given_back_counts_at_every_priority():
    mine, urgent, theirs = shot(1), shot(2, priority=80), shot(3, "bob")
    line = Line([mine, urgent, theirs])
    line.take(line.first())
    line.leave(urgent)
    assert line.first().id == 3, "her urgent shot has a slot already"
    line.free(urgent)
    assert line.first().id == 1


def test_claims_are_equal_that_differ_in_age_only():
    older, younger, other = shot(1), shot(2), shot(3, "bob")
    line = Line([older, younger, other, shot(4, priority=80)])
    assert line.is_equal(older, younger)
    assert line.is_equal(older, other)
    assert not line.is_equal(older, shot(4, priority=80))
    line.take(younger)
    assert not line.is_equal(older, younger), "it has a slot more"
    assert not line.is_equal(older, other), "her share is larger now"
