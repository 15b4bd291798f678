from __future__ import annotations

import pytest

from brender_farm.domain.fit import fits
from brender_farm.domain.planning import plan
from brender_farm.domain.views import Assignment, Needs, NodeView, RetryLot, ShotView


def shot(id_: int = 1, **changes: object) -> ShotView:
    known = {
        "priority": 50,
        "submitter": "ada",
        "blend": f"/{id_}.blend",
        "blend_version": "4.5",
        "pending_count": 100,
        "chunk_size": 1,
        "seconds_per_frame": None,
        "busy_slots": 0,
        "output_dir": "/out",
    }
    return ShotView(id=id_, **{**known, **changes})


def node(name: str = "a", free: int = 1, *, slots: int | None = None, warm=(), versions=("4.5",)):
    return NodeView(
        name=name,
        slots=slots or max(free, 1),
        free_slots=free,
        blender_versions=versions,
        warm=frozenset(warm),
    )


def test_a_free_slot_gets_the_pending_frames():
    assert plan([shot(chunk_size=10)], [node()]) == [
        Assignment(shot_id=1, node="a", frame_count=10)
    ]


@pytest.mark.parametrize(
    ("shots", "nodes"),
    [
        pytest.param([], [node()], id="no-shot"),
        pytest.param([shot()], [], id="no-node"),
        pytest.param([shot(pending_count=0)], [node()], id="nothing-pending"),
        pytest.param([shot()], [node(free=0)], id="all-busy"),
        pytest.param([shot()], [node(free=-1)], id="fewer-slots-than-chunks"),
        pytest.param([shot(blend_version="5.0")], [node()], id="too-new-for-every-node"),
        pytest.param([shot()], [node(versions=())], id="node-without-blender"),
    ],
)
def test_without_work_or_room_nothing_is_given(shots, nodes):
    assert plan(shots, nodes) == []


def test_the_higher_priority_goes_first_until_it_has_all():
    shots = [shot(1), shot(2, priority=90, pending_count=2)]
    assert [a.shot_id for a in plan(shots, [node(free=3)])] == [2, 2, 1]


def test_at_one_priority_submitters_take_turns():
    shots = [shot(1), shot(2), shot(3, submitter="bob")]
    given_ = plan(shots, [node(free=4)])
    assert [a.shot_id for a in given_] == [1, 3, 2, 3]


def test_slots_that_are_busy_already_count_for_the_fair_share():
    shots = [shot(1, busy_slots=3), shot(2, submitter="bob")]
    assert [a.shot_id for a in plan(shots, [node(free=3)])] == [2, 2, 2]


def test_ties_end_in_the_order_of_submission():
    assert [a.shot_id for a in plan([shot(3), shot(1), shot(2)], [node(free=3)])] == [1, 2, 3]


def test_a_node_that_has_the_scene_open_goes_first():
    nodes = [node("a", free=9), node("b", warm=["/1.blend"])]
    assert [a.node for a in plan([shot()], nodes)][:2] == ["b", "a"]


def test_among_equal_nodes_the_emptiest_goes_first_and_then_the_name():
    nodes = [node("c", free=2), node("a", free=1), node("b", free=1)]
    assert [a.node for a in plan([shot()], nodes)] == ["c", "a", "b", "c"]


def test_a_shot_that_fits_no_free_node_does_not_hold_up_the_others():
    shots = [shot(1, priority=100, blend_version="5.0"), shot(2)]
    assert [a.shot_id for a in plan(shots, [node()])] == [2]


def test_an_old_file_leaves_no_node_out():
    nodes = [node("old", versions=("3.4.1",)), node("new", versions=("4.5.1",))]
    assert {a.node for a in plan([shot(blend_version="3.4")], nodes)} == {"old", "new"}
    assert fits(shot(blend_version="3.4"), nodes[0])


def lot(*avoid: str, count: int = 1) -> RetryLot:
    return RetryLot(key=",".join(avoid), avoid=frozenset(avoid), count=count)


def test_a_frame_that_failed_goes_to_a_node_that_did_not_fail_it():
    given_ = plan([shot(pending_count=1, retries=(lot("a"),))], [node("a", 5), node("b", 1)])
    assert given_ == [Assignment(shot_id=1, node="b", frame_count=1, lot="a")]


def test_a_frame_that_failed_waits_for_a_busy_node_rather_than_fail_again():
    assert plan([shot(pending_count=1, retries=(lot("a"),))], [node("a"), node("b", 0)]) == []


def test_a_frame_that_failed_everywhere_is_tried_anywhere():
    given_ = plan([shot(pending_count=1, retries=(lot("a", "b"),))], [node("a"), node("b", 0)])
    assert given_ == [Assignment(shot_id=1, node="a", frame_count=1, lot="a,b")]


def test_frames_that_failed_go_first_and_one_by_one():
    given_ = plan(
        [shot(pending_count=9, chunk_size=5, retries=(lot("x", count=2),))], [node("a", 4)]
    )
    assert [(each.lot, each.frame_count) for each in given_] == [
        ("x", 1),
        ("x", 1),
        ("", 5),
        ("", 2),
    ]


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(shot(banned=frozenset({"a"})), id="banned"),
        pytest.param(shot(output_dir="/full"), id="cannot-write-there"),
    ],
)
def test_a_node_that_cannot_do_it_gets_nothing_of_it(view):
    unwell = NodeView(
        name="a",
        slots=1,
        free_slots=1,
        blender_versions=("4.5",),
        unwell=frozenset({"/full"}),
    )
    assert plan([view], [unwell]) == []
    assert [each.node for each in plan([view], [unwell, node("b")])] == ["b"]


GB = 10**9


def equipped(name: str, *tags: str, gb: int = 16, free: int = 1) -> NodeView:
    return NodeView(
        name=name,
        slots=max(free, 1),
        free_slots=free,
        blender_versions=("4.5",),
        tags=frozenset(tags),
        memory_bytes=gb * GB,
    )


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        pytest.param(Needs(tags=frozenset({"gpu"})), ["b", "c"], id="a-tag"),
        pytest.param(Needs(tags=frozenset({"gpu", "big"})), ["c"], id="two-tags"),
        pytest.param(Needs(not_tags=frozenset({"big", "slow"})), ["a", "b"], id="not-these"),
        pytest.param(Needs(memory_bytes=64 * GB), ["c"], id="memory"),
        pytest.param(Needs(tags=frozenset({"tape"})), [], id="nobody-has-it"),
    ],
)
def test_a_shot_goes_only_to_nodes_that_meet_its_needs(needs, expected):
    nodes = [equipped("a"), equipped("b", "gpu"), equipped("c", "gpu", "big", gb=64)]
    assert sorted(each.node for each in plan([shot(needs=needs)], nodes)) == expected


def test_a_shot_is_on_no_more_nodes_than_it_may():
    nodes = [equipped(name, free=2) for name in "abcd"]
    given_ = plan([shot(max_nodes=2)], nodes)
    assert len(given_) == 4, "all the slots of two nodes"
    assert len({each.node for each in given_}) == 2


def test_a_shot_at_its_limit_keeps_to_the_nodes_it_has():
    view = shot(max_nodes=2, on_nodes=("c", "d"), busy_slots=2)
    nodes = [equipped("a", free=2), equipped("c", free=0), equipped("d", free=1)]
    assert [each.node for each in plan([view], nodes)] == ["d"]


def test_what_one_shot_may_not_have_another_gets():
    nodes = [equipped(name) for name in "abc"]
    given_ = plan([shot(1, max_nodes=1, priority=90), shot(2)], nodes)
    assert sorted(each.shot_id for each in given_) == [1, 2, 2]
