from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from brender_farm.domain.case import Away, AwayCause, Case, Health, LimitUse, seconds_left
from brender_farm.domain.dependencies import Awaited
from brender_farm.domain.reasons import ReasonKind, in_about, lasting, listed
from brender_farm.domain.states import ShotState
from brender_farm.domain.verdict import verdict
from brender_farm.domain.views import RetryLot
from brender_farm.domain.waiting import why_waiting
from tests.unit.domain.why_cases import GB, NOW, case, needs, node, running, shot

K, S = ReasonKind, ShotState
WAITING = {"state": S.WAITING}
ATLAS = Away(node=node("atlas"), cause=AwayCause.OFFLINE, since=NOW - timedelta(hours=3))
TITAN = Away(node=node("titan"), cause=AwayCause.DISABLED, why="New memory on Friday.")
RHEA = Away(node=node("rhea"), cause=AwayCause.CLOSED, until=NOW + timedelta(hours=7))
ALL = [node(name) for name in "abcde"]
TWO_OF_FIVE = [*ALL[:2], *(replace(view, free_slots=1, pool="film") for view in ALL[2:])]
BOTH = [running(12, "a", priority=80, left=240), running(12, "b", priority=80, left=300)]


def awaited(shot_id: int = 9, *, first: int | None = None, **changes: object) -> Awaited:
    known = {"name": "sim", "state": S.RENDERING, "failed_count": 0}
    return Awaited(
        shot_id=shot_id, by_frame=first is not None, first_frame=first, **(known | changes)
    )


@pytest.mark.parametrize(
    ("facts", "kind", "sentence"),
    [
        pytest.param(
            case(state=S.PAUSED), K.PAUSED, "It is paused. Resume it to go on.", id="paused"
        ),
        pytest.param(
            case(state=S.PAUSED, said="Mend it, then resume it.", is_halted=True),
            K.PAUSED,
            "Mend it, then resume it.",
            id="paused-by-the-farm",
        ),
        pytest.param(
            case(**WAITING, not_before=NOW + timedelta(hours=22)),
            K.NOT_BEFORE,
            "It starts at Tue 10:00, in about 22 h. To have it now, start it anyway.",
            id="too-early",
        ),
        pytest.param(
            case(**WAITING, awaited=[awaited()]),
            K.DEPENDENCY,
            "It waits for shot 9 “sim” to be completed: it is rendering now. "
            "It starts by itself; or start it anyway.",
            id="after-another",
        ),
        pytest.param(
            case(**WAITING, awaited=[awaited(id_) for id_ in range(7, 12)]),
            K.DEPENDENCY,
            "It waits for shot 7, shot 8, shot 9 and 2 more to be completed. "
            "It starts by itself; or start it anyway.",
            id="after-many",
        ),
        pytest.param(
            case(**WAITING, awaited=[awaited(state=S.PAUSED)]),
            K.DEPENDENCY,
            "It waits for shot 9 “sim” to be completed: it is paused now. "
            "Resume shot 9, or start this one anyway.",
            id="after-a-paused-one",
        ),
        pytest.param(
            case(**WAITING, awaited=[awaited(state=S.FAILED, failed_count=3)]),
            K.FAILED_DEPENDENCY,
            "It comes after shot 9 “sim”, which failed (3 frames gave up). "
            "Retry shot 9, or start this one anyway.",
            id="after-a-failed-one",
        ),
        pytest.param(
            case(shot(pending_count=0, held_count=12), awaited=[awaited(first=7)]),
            K.HELD_FRAMES,
            "Frame 7 waits for frame 7 of shot 9 “sim”, which is rendering. "
            "12 frames wait in all. They go on one by one as it renders.",
            id="frame-by-frame",
        ),
        pytest.param(
            case(),
            K.NO_NODE,
            "The farm has no node yet. Start one with: brender worker",
            id="no-node",
        ),
        pytest.param(
            case(away=[TITAN, ATLAS, RHEA]),
            K.NODES_AWAY,
            "None of the 3 nodes takes work: atlas is offline (for 3 h); rhea is outside its "
            "hours until 19:00; titan is disabled (New memory on Friday). "
            "Start atlas: brender worker.",
            id="all-away",
        ),
        pytest.param(
            case(
                shot(needs=needs(memory_bytes=32 * GB)),
                nodes=ALL,
                away=[ATLAS, replace(RHEA, node=node("rhea", gb=64))],
            ),
            K.NODES_AWAY,
            "The only node that fits is away: rhea is outside its hours until 19:00. "
            "Wait, or change its hours.",
            id="the-only-one-is-away",
        ),
        pytest.param(
            case(shot(needs=needs(pool="film")), nodes=ALL),
            K.POOL,
            "It is for the pool film: no node online belongs to it. "
            "Start a node with BRENDER_POOL=film, or submit it for another pool.",
            id="a-pool-without-nodes",
        ),
        pytest.param(
            case(nodes=[node(pool="film")]),
            K.POOL,
            "It is for no pool, and every node online belongs to one: film. "
            "Submit it for a pool, or start a node without BRENDER_POOL.",
            id="pools-only",
        ),
        pytest.param(
            case(shot(needs=needs(memory_bytes=32 * GB)), nodes=[node("a"), node("b", gb=8)]),
            K.MEMORY,
            "It needs 32 GB of memory: the largest of the 2 nodes online, a, has 16 GB. "
            "Start a larger node, or submit it with a smaller need.",
            id="too-little-memory",
        ),
        pytest.param(
            case(
                shot(needs=needs("gpu", memory_bytes=32 * GB)),
                nodes=[node("a", tags=["gpu"]), node("b", gb=64)],
            ),
            K.MEMORY,
            "It needs 32 GB of memory: the one node with the tag gpu, a, has 16 GB. "
            "Start a larger node, or submit it with a smaller need.",
            id="too-little-where-the-tag-is",
        ),
        pytest.param(
            case(shot(needs=needs("gpu", "linux")), nodes=[node(tags=["linux"])]),
            K.TAGS,
            "It needs the tag gpu: the one node online does not have it. "
            "Give it to a node with BRENDER_TAGS=gpu, or submit it without.",
            id="a-tag-nobody-has",
        ),
        pytest.param(
            case(
                shot(needs=needs("gpu", not_tags=frozenset({"slow"}))),
                nodes=[node("a", tags=["gpu", "slow"]), node("b")],
            ),
            K.TAGS,
            "It needs the tag gpu and no tag slow: none of the 2 nodes online is like that. "
            "Change a node's BRENDER_TAGS, or submit it with other tags.",
            id="not-these-tags-together",
        ),
        pytest.param(
            case(shot(needs=needs(device="gpu")), nodes=ALL),
            K.DEVICE,
            "It needs a GPU: none of the 5 nodes online has one. "
            "Start a node that has one, or submit it for any device.",
            id="no-gpu",
        ),
        pytest.param(
            case(
                shot(blend_version="5.0"),
                nodes=[node("a", blender_versions=("4.9", "4.10")), node("b")],
            ),
            K.VERSION,
            "Its file was saved by Blender 5.0: the newest on the 2 nodes online is 4.10. "
            "Install that version on a node, and start the node again.",
            id="too-new",
        ),
        pytest.param(
            case(shot(needs=needs(blender="4.2")), nodes=[node()]),
            K.VERSION,
            "It asks for Blender 4.2: the newest on the one node online is 4.5.1. "
            "Install that version on a node, and start the node again.",
            id="another-blender",
        ),
        pytest.param(
            case(shot(output_dir="/full"), nodes=[node(unwell=["/full"])]),
            K.UNWELL,
            "atlas cannot write to /full now. "
            "Make room there or mend the storage, and it goes on by itself.",
            id="unwell",
        ),
        pytest.param(
            case(shot(banned=frozenset("ab")), nodes=ALL[:2]),
            K.BANNED,
            "a and b failed it and get no more of it. "
            "See why on the shot's page, mend it, then clear the bans.",
            id="banned",
        ),
        pytest.param(
            case(
                nodes=[node(free=1)],
                limits=[LimitUse(name="nuke", slots=4, used=4, by=(12, 14), free_in_s=240.0)],
            ),
            K.LIMIT,
            "The limit nuke is full: 4 of 4 are in use by shot 12 and shot 14. "
            "Earliest free in about 4 min. Wait, or raise it: brender limits set nuke 5",
            id="limit",
        ),
        pytest.param(
            case(nodes=[node(free=1)], limits=[LimitUse(name="nuke", slots=0, used=0)]),
            K.LIMIT,
            "The limit nuke is set to 0: nothing that takes part in it starts. "
            "Raise it: brender limits set nuke 1",
            id="limit-of-none",
        ),
        pytest.param(
            case(
                shot(max_nodes=1, on_nodes=("a", "a"), busy_slots=2),
                nodes=[node("a", slots=2), node("b", free=1)],
            ),
            K.MAX_NODES,
            "It is on 1 node, as many as it may have; 1 more node would fit. "
            "It goes on there as their slots become free.",
            id="at-its-limit-of-nodes",
        ),
        pytest.param(
            case(nodes=[node(free=1)], health=Health(scheduler_silent_s=200.0)),
            K.SCHEDULER,
            "The scheduler has been silent for 3 min: nothing is given away meanwhile. "
            "Start it: brender scheduler.",
            id="no-scheduler",
        ),
        pytest.param(
            case(nodes=[node(free=1)], health=Health(broker_trouble="Redis is away.")),
            K.BROKER,
            "Nothing reaches the nodes. Redis is away. "
            "Start the broker again: the farm goes on by itself.",
            id="no-broker",
        ),
        pytest.param(
            case(nodes=TWO_OF_FIVE, running=BOTH),
            K.PRIORITY,
            "2 of 5 nodes online fit; both are rendering shot 12 (priority 80). "
            "Earliest free in about 4 min. To go first, give it a priority above 80.",
            id="a-higher-priority",
        ),
        pytest.param(
            case(
                nodes=TWO_OF_FIVE,
                running=BOTH,
                ahead=[
                    shot(12, priority=80, pending_count=480, busy_slots=2, seconds_per_frame=10.0)
                ],
            ),
            K.PRIORITY,
            "2 of 5 nodes online fit; both are rendering shot 12 (priority 80). "
            "The next slot, in about 4 min, goes to shot 12, which has 480 frames left to give "
            "(40 min at its pace). To go first, give it a priority above 80.",
            id="a-higher-priority-with-more-to-come",
        ),
        pytest.param(
            case(
                shot(busy_slots=1),
                nodes=ALL,
                running=[
                    running(id_, on, left=90.0)
                    for id_, on in zip([1, 12, 12, 14, 15], "abcde", strict=True)
                ],
            ),
            K.SHARE,
            "All 5 nodes online are rendering this shot (1 slot), shot 12 (priority 50, 2 slots), "
            "shot 14 (priority 50, 1 slot) and 1 more. Earliest free in about 2 min. "
            "Shots of one priority share the slots; a higher one takes the next.",
            id="its-share",
        ),
        pytest.param(
            case(nodes=ALL[:1], running=[running(3, "a", priority=10)]),
            K.BUSY,
            "The one node online is rendering shot 3 (priority 10). "
            "It takes the next slot that is free.",
            id="busy-with-less",
        ),
        pytest.param(
            case(
                shot(
                    pending_count=1,
                    retries=(RetryLot(key="1", avoid=frozenset("a"), count=1),),
                ),
                nodes=[replace(ALL[0], free_slots=1), ALL[1]],
                running=[running(12, "b", left=5.0)],
            ),
            K.SHARE,
            "1 frame that failed waits for another node: b is rendering shot 12 (priority 50). "
            "Earliest free in a few seconds. "
            "Shots of one priority share the slots; a higher one takes the next.",
            id="a-frame-that-keeps-away",
        ),
    ],
)
def test_a_shot_that_waits_says_why_and_what_would_help(facts, kind, sentence):
    first = why_waiting(facts)[0]
    assert (first.kind, first.sentence, first.is_partial) == (kind, sentence, False)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(case(nodes=[node(), node("b", free=1)]), id="a-slot-is-free"),
        pytest.param(case(shot(pending_count=0), nodes=[node()]), id="all-is-given-away"),
        pytest.param(
            case(shot(busy_slots=1), nodes=[node()], running=[running(1, "atlas")]),
            id="it-has-every-slot",
        ),
        *(pytest.param(case(state=state), id=state) for state in (S.COMPLETED, S.CANCELLED)),
        pytest.param(case(state=S.FAILED), id="failed"),
    ],
)
def test_a_shot_that_nothing_holds_back_has_no_reason(facts):
    assert why_waiting(facts) == ()


def test_what_blocks_all_comes_before_what_blocks_part():
    facts = case(
        shot(held_count=3, banned=frozenset("e")),
        nodes=ALL,
        away=[ATLAS],
        limits=[LimitUse(name="nuke", slots=1, used=1, by=(12,))],
        running=[running(12, on) for on in "abcd"],
        awaited=[awaited(first=7)],
    )
    found = [(reason.kind, reason.is_partial) for reason in why_waiting(facts)]
    assert found == [
        (K.LIMIT, False),
        (K.SHARE, False),
        (K.NODES_AWAY, True),
        (K.BANNED, True),
        (K.HELD_FRAMES, True),
    ]


def test_a_node_that_could_write_again_and_a_ban_that_could_be_cleared_both_unblock():
    facts = case(
        shot(banned=frozenset("a"), output_dir="/full"),
        nodes=[ALL[0], node("b", unwell=["/full"])],
    )
    assert [reason.kind for reason in why_waiting(facts)] == [K.UNWELL, K.BANNED]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        pytest.param(case(), "10 frames wait.", id="waits"),
        pytest.param(
            case(nodes=[node(free=1)]),
            "Nothing holds it back: 1 slot that fits is free, and it gets its share in a moment.",
            id="gets-one",
        ),
        pytest.param(
            case(shot(busy_slots=1), nodes=ALL[:1], running=[running(1, "a")], away=[ATLAS]),
            "Nothing holds it back: it has the one slot that fits.",
            id="has-all",
        ),
        pytest.param(
            case(shot(pending_count=0, rendering_count=3)),
            "Nothing of it waits: its last 3 frames render now.",
            id="renders-its-last",
        ),
        pytest.param(
            case(state=S.COMPLETED), "It is completed: nothing of it waits.", id="completed"
        ),
    ],
)
def test_a_verdict_says_how_the_shot_stands(facts: Case, words):
    assert verdict(facts, why_waiting(facts)) == words


@pytest.mark.parametrize(
    ("over", "elapsed", "expected"),
    [
        pytest.param(0, 0.0, 40.0, id="just-begun"),
        pytest.param(1, 15.0, 25.0, id="in-its-second-frame"),
        pytest.param(1, 99.0, 20.0, id="late-the-frame-may-end-at-once"),
        pytest.param(1, 1.0, 30.0, id="early-the-frame-takes-its-time"),
        pytest.param(4, 40.0, 0.0, id="over"),
    ],
)
def test_how_long_a_chunk_still_takes(over, elapsed, expected):
    assert expected == seconds_left(
        frame_count=4, over_count=over, seconds_per_frame=10.0, elapsed_s=elapsed
    )


def test_how_long_a_chunk_of_unmeasured_frames_takes_is_unknown():
    left = seconds_left(frame_count=4, over_count=1, seconds_per_frame=None, elapsed_s=3.0)
    assert left is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(4, "4 s"), (44, "40 s"), (200, "3 min"), (5_500, "2 h"), (200_000, "2 days")],
)
def test_a_time_is_told_as_people_say_it(seconds, words):
    assert lasting(seconds) == words


def test_a_moment_away_is_in_a_few_seconds():
    assert (in_about(3), in_about(240)) == ("in a few seconds", "in about 4 min")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("", ""),
        ("a", "a"),
        ("ab", "a and b"),
        ("abc", "a, b and c"),
        ("abcdefg", "a, b, c and 4 more"),
    ],
)
def test_at_most_three_are_named(names, words):
    assert listed(names) == words
