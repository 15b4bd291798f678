from __future__ import annotations

import pytest

from brender_farm.domain.failures import (
    after_failure,
    after_vanishing,
    earns_ban,
    is_sick,
    nodes_to_avoid,
)
from brender_farm.domain.states import FrameState

PENDING, FAILED = FrameState.PENDING, FrameState.FAILED


@pytest.mark.parametrize(
    ("tries", "how", "expected"),
    [
        pytest.param(1, {}, PENDING, id="first-try"),
        pytest.param(2, {}, PENDING, id="second-try"),
        pytest.param(3, {}, FAILED, id="third-try-is-the-last"),
        pytest.param(1, {"permanent": True}, FAILED, id="pointless-and-nobody-else-to-ask"),
        pytest.param(
            1, {"permanent": True, "others_left": True}, PENDING, id="pointless-by-one-nodes-word"
        ),
        pytest.param(
            2,
            {"permanent": True, "others_left": True, "refused_by": 2},
            FAILED,
            id="pointless-by-two-nodes-word",
        ),
        pytest.param(1, {"others_left": True, "refused_by": 5}, PENDING, id="worth-trying"),
    ],
)
def test_a_failed_frame_is_tried_again_while_there_is_hope(tries, how, expected):
    assert after_failure(tries, **{"permanent": False, **how}) is expected


def test_a_frame_that_took_three_nodes_down_is_set_aside():
    assert [after_vanishing(count) for count in (1, 2, 3)] == [PENDING, PENDING, FAILED]


@pytest.mark.parametrize(
    ("strikes", "others", "banned"),
    [(2, True, False), (3, True, True), (9, False, False)],
    ids=["two-in-a-row", "three-in-a-row", "nobody-can"],
)
def test_a_node_is_banned_for_three_failures_that_others_do_not_have(strikes, others, banned):
    assert earns_ban(strikes, others_succeed=others) is banned


def test_a_node_that_is_banned_twice_in_a_row_is_sick():
    assert [is_sick(bans) for bans in (0, 1, 2)] == [False, False, True]


def test_the_nodes_to_avoid_grow_and_stay_in_order():
    assert nodes_to_avoid([7], 3) == [3, 7]
    assert nodes_to_avoid([7], 7) == [7]
    assert nodes_to_avoid([], 5, smaller=[1, 5, 9]) == [1, 5, 9]
