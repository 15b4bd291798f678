from __future__ import annotations

from brender_farm.domain.room import Room
from brender_farm.domain.views import Needs, NodeView, ShotView


def shot(**changes: object) -> ShotView:
    known = {
        "priority": 50,
        "submitter": "ada",
        "blend": "/a.blend",
        "blend_version": "4.5",
        "output_dir": "/out",
        "pending_count": 9,
        "chunk_size": 1,
        "seconds_per_frame": None,
        "busy_slots": 0,
    }
    return ShotView(id=1, **{**known, **changes})


def node(name: str, free: int = 1, **changes: object) -> NodeView:
    known = {"slots": max(free, 1), "blender_versions": ("4.5.15",)}
    return NodeView(name=name, free_slots=free, **{**known, **changes})


def take_all(room: Room, view: ShotView) -> list[str]:
    names = []
    while (name := room.best(view)) is not None:
        room.take(name)
        names.append(name)
    return names


def test_warm_nodes_go_first_then_the_emptiest_then_by_name():
    room = Room([node("c", 2), node("b"), node("a"), node("d", warm=frozenset({"/a.blend"}))])
    assert take_all(room, shot()) == ["d", "c", "a", "b", "c"]
    assert room.count == 0


def test_nodes_to_keep_away_from_are_passed_over_and_stay_for_others():
    room = Room([node("a", 3), node("b")])
    assert room.best(shot(banned=frozenset({"a"}))) == "b"
    assert room.best(shot(), avoid=frozenset({"a", "b"})) is None
    assert room.best(shot()) == "a"


def test_only_nodes_of_the_right_kind_are_offered():
    room = Room([node("a", 3), node("b", has_gpu=True), node("c", pool="film")])
    assert room.best(shot(needs=Needs(device="gpu"))) == "b"
    assert room.best(shot(needs=Needs(pool="film"))) == "c"
    assert room.best(shot(), only=frozenset({"b", "c"})) == "b"


def test_a_slot_that_is_given_back_is_offered_again():
    room = Room([node("a")])
    assert take_all(room, shot()) == ["a"]
    room.free("a")
    assert room.count == 1
    assert take_all(room, shot()) == ["a"]


def test_a_node_with_more_chunks_than_slots_must_end_some_before_it_has_room():
    room = Room([node("a", -1)])
    assert room.count == 0
    room.free("a")
    assert (room.count, room.best(shot())) == (0, None)
    room.free("a")
    assert (room.count, room.best(shot())) == (1, "a")


def test_capacity_counts_the_slots_that_fit_by_speed_busy_or_not():
    nodes = [node("a", 0, slots=2, speed=0.5), node("b", slots=2, speed=2.0), node("c", pool="x")]
    room = Room(nodes)
    assert room.capacity_for(shot()) == 5.0
    assert room.capacity_for(shot(banned=frozenset({"b", "gone"}))) == 1.0


def test_a_busy_node_is_still_another_node():
    room = Room([node("a"), node("b", 0)])
    assert room.has_other(shot(), frozenset({"a"}))
    assert not room.has_other(shot(banned=frozenset({"b"})), frozenset({"a"}))
