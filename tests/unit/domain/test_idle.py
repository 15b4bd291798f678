from __future__ import annotations

from datetime import timedelta

import pytest

from brender_farm.domain.case import Away, AwayCause, Health, LimitUse
from brender_farm.domain.idle import Queue, Tally, why_away
from brender_farm.domain.reasons import ReasonKind
from brender_farm.domain.verdict import idle_verdict
from brender_farm.domain.views import RetryLot
from tests.unit.domain.why_cases import GB, NOW, needs, node, shot

K = ReasonKind
ATLAS = node(free=2, slots=4)


THREE, WELL = Tally(active=3), Health()


def queue(*shots, limits=(), tally=THREE, health=WELL) -> Queue:
    return Queue(shots, limits={use.name: use for use in limits}, tally=tally, health=health)


@pytest.mark.parametrize(
    ("tally", "sentence"),
    [
        pytest.param(Tally(), "Every shot is finished. Submit one to use it.", id="nothing"),
        pytest.param(
            Tally(active=3, waiting=1, paused=2),
            "No frame is left to give: 3 shots have all their frames on nodes already, 1 shot "
            "waits for its time or for other shots, 2 shots are paused. Resume one to use it.",
            id="all-given-out",
        ),
    ],
)
def test_a_node_without_work_to_have_says_what_became_of_the_shots(tally, sentence):
    [reason] = queue(tally=tally).why_idle(ATLAS)
    assert (reason.kind, reason.sentence) == (K.NO_WORK, sentence)


@pytest.mark.parametrize(
    ("view", "kind", "sentence"),
    [
        pytest.param(
            shot(needs=needs("gpu")),
            K.TAGS,
            "1 shot needs the tag gpu: shot 1. Change its BRENDER_TAGS, if it is to render them.",
            id="tags",
        ),
        pytest.param(
            shot(needs=needs(memory_bytes=64 * GB)),
            K.MEMORY,
            "1 shot needs 64 GB of memory, and it has 16 GB: shot 1.",
            id="memory",
        ),
        pytest.param(
            shot(needs=needs(pool="film")),
            K.POOL,
            "1 shot needs a node of the pool film: shot 1. "
            "Change its BRENDER_POOL, if it is to render them.",
            id="pool",
        ),
        pytest.param(
            shot(blend_version="5.0"),
            K.VERSION,
            "1 shot needs Blender 5.0 or newer: shot 1. "
            "Install it there, and start the node again.",
            id="version",
        ),
        pytest.param(
            shot(banned=frozenset({"atlas"})),
            K.BANNED,
            "1 shot is banned here, because it failed it: shot 1. "
            "Mend the node, then clear the bans on the shot's page.",
            id="banned",
        ),
        pytest.param(
            shot(limits=frozenset({"nuke"})),
            K.LIMIT,
            "1 shot waits for the limit nuke (2 of 2 in use): shot 1. "
            "Raise it: brender limits set nuke 3",
            id="limit",
        ),
        pytest.param(
            shot(max_nodes=1, on_nodes=("b",)),
            K.MAX_NODES,
            "1 shot is on as many nodes as it may have: shot 1.",
            id="max-nodes",
        ),
        pytest.param(
            shot(
                pending_count=1,
                retries=(RetryLot(key="1", avoid=frozenset({"atlas"}), count=1),),
            ),
            K.AVOIDED,
            "1 shot has only frames left that failed here, which others try next: shot 1.",
            id="failed-here",
        ),
    ],
)
def test_an_idle_node_says_what_keeps_it_from_a_shot(view, kind, sentence):
    used_up = LimitUse(name="nuke", slots=2, used=2)
    [reason] = queue(view, limits=[used_up]).why_idle(ATLAS)
    assert (reason.kind, reason.sentence) == (kind, sentence)


def test_shots_are_grouped_by_what_keeps_them_away_most_first():
    shots = [
        shot(1, banned=frozenset({"atlas"})),
        *(shot(n, needs=needs("gpu")) for n in range(2, 8)),
    ]
    first, second = queue(*shots).why_idle(ATLAS)
    assert first.text == "6 shots need the tag gpu: shot 2, shot 3, shot 4 and 3 more."
    assert second.kind is K.BANNED


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param((node(), queue()), id="busy"),
        pytest.param((ATLAS, queue(shot(needs=needs("gpu")), shot(2))), id="gets-one-next"),
    ],
)
def test_a_node_that_is_busy_or_gets_work_in_a_moment_has_no_reason(asked):
    view, line = asked
    assert line.why_idle(view) == ()


def test_without_a_scheduler_that_is_the_reason():
    [reason] = queue(shot(), health=Health(scheduler_ran=False)).why_idle(ATLAS)
    assert reason.sentence == (
        "The scheduler never ran: nothing is given away without it. Start it: brender scheduler."
    )


@pytest.mark.parametrize(
    ("away", "sentence"),
    [
        pytest.param(
            Away(node=ATLAS, cause=AwayCause.OFFLINE, since=NOW - timedelta(minutes=4)),
            "It is offline (for 4 min). Start it: brender worker.",
            id="offline",
        ),
        pytest.param(
            Away(node=ATLAS, cause=AwayCause.CLOSED, until=NOW + timedelta(hours=7)),
            "It is outside its hours until 19:00. Wait, or change its hours.",
            id="closed",
        ),
        pytest.param(
            Away(node=ATLAS, cause=AwayCause.DRAINING),
            "It is draining. Enable it to use its slots.",
            id="draining",
        ),
        pytest.param(
            Away(node=ATLAS, cause=AwayCause.TROUBLE, why="No Blender found."),
            "It is in trouble (No Blender found). See what it says on the Nodes page.",
            id="trouble",
        ),
    ],
)
def test_a_node_that_takes_no_work_says_why(away, sentence):
    assert why_away(away, NOW).sentence == sentence
    assert idle_verdict(ATLAS, away, (), NOW).startswith("It takes no work: it is ")


def test_a_verdict_counts_the_slots():
    why = queue().why_idle(ATLAS)
    assert idle_verdict(ATLAS, None, why, NOW) == "2 of its 4 slots are idle."
    assert (
        idle_verdict(ATLAS, None, (), NOW) == "2 of its 4 slots are free, and get work in a moment."
    )
    assert idle_verdict(node(), None, (), NOW) == "It is busy."
