from __future__ import annotations

import pytest

from brender_farm.domain.racing import MOST_FRAMES, Straggler, may_race, time_left_s, twins
from brender_farm.domain.views import Needs, NodeView, ShotView


def shot(id_: int = 1, **changes: object) -> ShotView:
    known = {
        "priority": 50,
        "submitter": "ada",
        "blend": f"/{id_}.blend",
        "blend_version": "4.5",
        "pending_count": 0,
        "chunk_size": 1,
        "seconds_per_frame": 10.0,
        "busy_slots": 1,
        "output_dir": "/out",
        "race": True,
        "on_nodes": ("slow",),
    }
    return ShotView(id=id_, **{**known, **changes})


def node(name: str = "fast", free: int = 1, **more: object) -> NodeView:
    return NodeView(
        name=name, slots=max(free, 1), free_slots=free, blender_versions=("4.5",), **more
    )


def straggler(chunk_id: int = 12, **changes: object) -> Straggler:
    known = {
        "shot": shot(),
        "node": "slow",
        "speed": 0.25,
        "left_count": 1,
        "over_count": 0,
        "elapsed_s": 0.0,
    }
    return Straggler(chunk_id=chunk_id, **{**known, **changes})


def race(stragglers, nodes, **room):
    found = twins(stragglers, nodes, room=room)
    return [(twin.of, twin.node, twin.frame_count) for twin in found]


def test_the_last_frame_on_a_slow_node_gets_a_twin_on_a_faster_one():
    assert race([straggler()], [node()]) == [(12, "fast", 1)]


@pytest.mark.parametrize(
    ("changes", "nodes"),
    [
        pytest.param({}, [], id="no-free-slot"),
        pytest.param({}, [node(free=0)], id="a-busy-node"),
        pytest.param({}, [node("slow", free=3)], id="its-own-node"),
        pytest.param({"elapsed_s": 30.0}, [node()], id="nearly-through"),
        pytest.param({"speed": 1.0}, [node()], id="a-node-as-fast"),
        pytest.param({}, [node(speed=0.3)], id="a-node-hardly-faster"),
        pytest.param({"shot": shot(banned=frozenset({"fast"}))}, [node()], id="banned"),
        pytest.param({}, [node(unwell=frozenset({"/out"}))], id="cannot-write-there"),
        pytest.param({"shot": shot(needs=Needs(pool="gpu"))}, [node()], id="another-pool"),
        pytest.param({"shot": shot(max_nodes=1)}, [node()], id="on-as-many-nodes-as-it-may"),
        pytest.param({"shot": shot(seconds_per_frame=0.1)}, [node()], id="too-short-to-care"),
    ],
)
def test_what_would_not_help_or_fit_is_not_raced(changes, nodes):
    assert race([straggler(**changes)], nodes) == []


def test_a_frame_that_takes_longer_than_it_should_is_raced_by_a_node_as_fast():
    late = straggler(speed=1.0, elapsed_s=15.1)
    assert race([late], [node()]) == [(12, "fast", 1)]
    assert race([straggler(speed=1.0, elapsed_s=14.9)], [node()]) == []


def test_frames_that_are_over_do_not_make_a_chunk_late():
    assert time_left_s(straggler(speed=1.0, left_count=2, over_count=3, elapsed_s=35.0)) == 15.0


def test_a_twin_gets_as_many_frames_as_it_could_do_meanwhile():
    assert race([straggler(speed=1.0, left_count=4)], [node(speed=0.5)]) == [(12, "fast", 2)]
    assert race([straggler(left_count=4)], [node()]) == [(12, "fast", 4)]
    overdue = straggler(left_count=1000, elapsed_s=1e6)
    assert race([overdue], [node()]) == [(12, "fast", MOST_FRAMES)]


def test_the_fastest_free_node_races_and_of_equals_one_that_has_the_scene_open():
    nodes = [node("a"), node("b", warm=frozenset({"/1.blend"})), node("c", speed=0.9)]
    assert race([straggler()], nodes) == [(12, "b", 1)]
    assert race([straggler()], [*nodes, node("d", speed=2.0)]) == [(12, "d", 1)]


def test_the_chunk_with_most_time_left_goes_first():
    stragglers = [straggler(1), straggler(2, left_count=2), straggler(3, elapsed_s=1000.0)]
    assert [of for of, *_ in race(stragglers, [node(free=2)])] == [3, 2]


def test_no_more_twins_than_slots_and_one_for_each_chunk():
    assert len(race([straggler(n) for n in range(1, 6)], [node(free=3)])) == 3
    assert len(race([straggler()], [node(free=3), node("other", free=3)])) == 1


def test_a_farm_wide_limit_holds_for_twins_too():
    stragglers = [straggler(n, shot=shot(limits=frozenset({"nuke"}))) for n in (1, 2, 3)]
    assert len(race(stragglers, [node(free=3)], nuke=2)) == 2
    assert race(stragglers, [node(free=3)], nuke=0) == []


def test_a_limit_of_nodes_counts_the_nodes_of_twins():
    two = shot(max_nodes=2)
    stragglers = [straggler(n, shot=two) for n in (1, 2)]
    assert race(stragglers, [node("a"), node("b")]) == [(1, "a", 1)]
    assert race(stragglers, [node("a", free=2)]) == [(1, "a", 1), (2, "a", 1)]


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        pytest.param({}, True, id="only-frames-on-nodes-are-left"),
        pytest.param({"race": False}, False, id="not-asked-for"),
        pytest.param({"pending_count": 1}, False, id="frames-to-give-away"),
        pytest.param({"held_count": 1}, False, id="frames-that-wait"),
        pytest.param({"busy_slots": 0}, False, id="nothing-on-nodes"),
        pytest.param({"seconds_per_frame": None}, False, id="no-frame-finished-yet"),
    ],
)
def test_a_shot_may_race_when_it_has_nothing_else_to_give(changes, may):
    assert may_race(shot(**changes)) is may
