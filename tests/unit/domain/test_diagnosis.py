"""What a check says as a whole: its order, its worst, its exit status."""

from __future__ import annotations

import pytest

from brender_farm.domain.diagnosis import (
    State,
    broken,
    exit_status,
    in_order,
    listed,
    together,
    unknown,
    warning,
    well,
    worst,
)

WELL = well("broker", "It answers")
WARNED = warning("database", "No backup.", "Make one.")
UNKNOWN = unknown("scheduler", "Not seen.", "Look.")
BROKEN = broken("nodes", "is not there.", "Mount it.", subject="atlas")


@pytest.mark.parametrize(
    ("found", "state", "status"),
    [
        ((WELL,), State.WELL, 0),
        ((WELL, WARNED), State.WARNING, 0),
        ((WARNED, UNKNOWN, WELL), State.UNKNOWN, 2),
        ((BROKEN, UNKNOWN), State.BROKEN, 1),
        ((), State.WELL, 0),
    ],
    ids=["all well", "a warning", "not checked", "broken", "nothing"],
)
def test_the_exit_status_says_the_worst_that_was_found(found, state, status):
    assert (worst(found), exit_status(found)) == (state, status)


def test_parts_have_an_order_and_the_worst_of_each_comes_first():
    assert in_order([BROKEN, WELL, WARNED, broken("database", "Gone.", "Restore.")]) == (
        broken("database", "Gone.", "Restore."),
        WARNED,
        WELL,
        BROKEN,
    )


def test_what_many_nodes_say_alike_is_told_once():
    names = ("atlas", "bert", "carl", "dora", "emil", "fred")
    same = [broken("nodes", "is not there.", "Mount it.", subject=name) for name in names]
    other = broken("nodes", "is full.", "Make room.", subject="bert")
    assert together([*same, other]) == [
        broken("nodes", "is not there.", "Mount it.", subject="atlas, bert, carl and 3 more"),
        other,
    ]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "n0"),
        (4, "n0, n1, n2, n3"),
        (5, "n0, n1, n2 and 2 more"),
        (1003, "n0, n1, n2 and 1,000 more"),
    ],
)
def test_a_long_list_ends_in_a_number(count, words):
    assert listed([f"n{number}" for number in range(count)]) == words
