"""Who is blamed for what, counted on a real database, with one node and with many."""

from __future__ import annotations

import pytest

from brender_farm import wire
from brender_farm.db.core import reading
from brender_farm.db.models import Frame, Shot
from brender_farm.domain.frames import FrameList
from brender_farm.domain.states import FrameState, NodeIntent, ShotState
from brender_farm.service.again import clear_bans
from brender_farm.service.dispatch import Dispatch
from brender_farm.service.nodes import act_on_node, list_nodes
from brender_farm.service.shots import get_shot
from tests.integration.service.core_farm import CoreFarm, done, ended, failed, heartbeat, started

NAMES = ("atlas", "bora", "cirrus", "delta", "elba")


def render(farm: CoreFarm, fails) -> list[tuple[str, int, bool]]:
    """Let every node render what it is given until nothing is given any more.

    `fails(node, frame)` tells what fails, and how; returns what was rendered: node, frame, failed.
    """
    tried = []
    while dispatches := farm.assign():
        for dispatch in dispatches:
            chunk = dispatch.order.chunk_id
            for frame in (int(number) for number in _frames(dispatch.order.frames)):
                verdict = fails(dispatch.node, frame)
                tried.append((dispatch.node, frame, bool(verdict)))
                item = failed(chunk, frame, permanent=verdict == "permanent")
                farm.report(item if verdict else done(chunk, frame))
            farm.report(ended(chunk))
    return tried


def _frames(text: str) -> list[int]:
    return list(FrameList.parse(text))


def tries_of(tried, frame: int) -> list[str]:
    return [node for node, number, _ in tried if number == frame]


def intent_of(farm: CoreFarm, name: str) -> tuple[NodeIntent, str]:
    row = next(row for row in list_nodes().rows if row.name == name)
    return row.intent, row.reason


@pytest.mark.parametrize("count", [1, 2, 3, 5], ids="{}-nodes".format)
def test_a_frame_is_tried_three_times_on_as_many_nodes_as_there_are(farm, count):
    for name in NAMES[:count]:
        farm.join(name)
    shot_id = farm.submit(frames="1-12", chunk_size=2).shot.id
    tried = render(farm, lambda _node, frame: frame == 7)
    assert len(tries_of(tried, 7)) == 3
    assert len(set(tries_of(tried, 7))) == min(count, 3)
    assert len(tried) == 11 + 3, "no other frame was rendered twice"
    shot = farm.shot(shot_id)
    assert (shot.state, shot.done_count, shot.failed_count) == (ShotState.FAILED, 11, 1)
    assert not get_shot(shot_id).bans


@pytest.mark.parametrize("count", [2, 3, 5], ids="{}-nodes".format)
def test_a_node_that_fails_what_others_render_is_banned_and_the_shot_is_completed(farm, count):
    for name in NAMES[:count]:
        farm.join(name)
    shot_id = farm.submit(frames="1-30", chunk_size=1).shot.id
    tried = render(farm, lambda node, _frame: node == "bora")
    assert sum(node == "bora" for node, _, _ in tried) == 3
    assert farm.shot(shot_id).state is ShotState.COMPLETED
    [ban] = get_shot(shot_id).bans
    assert ban.node == "bora"
    assert "3 frames in a row" in ban.why
    assert intent_of(farm, "bora")[0] is NodeIntent.ENABLED, "one shot's failures are not enough"


def test_a_node_that_fails_now_and_then_is_not_banned(farm):
    for name in NAMES[:2]:
        farm.join(name)
    shot_id = farm.submit(frames="1-30", chunk_size=1).shot.id
    turns = iter(range(1000))
    render(farm, lambda node, _frame: node == "bora" and next(turns) % 3 < 2)
    assert farm.shot(shot_id).state is ShotState.COMPLETED
    assert not get_shot(shot_id).bans


def test_a_single_node_is_never_banned_and_the_shot_pauses_with_the_reason(farm):
    farm.join()
    shot_id = farm.submit(frames="1-30", chunk_size=1).shot.id
    tried = render(farm, lambda _node, _frame: True)
    shot = farm.shot(shot_id)
    assert (shot.state, shot.failed_count, len(tried)) == (ShotState.PAUSED, 5, 15)
    assert "5 frames gave up one after the other" in shot.reason
    assert "It ran out of memory." in shot.reason
    assert not get_shot(shot_id).bans


@pytest.mark.parametrize("count", [2, 3, 5], ids="{}-nodes".format)
def test_a_shot_that_fails_everywhere_pauses_and_no_node_is_blamed(farm, count):
    for name in NAMES[:count]:
        farm.join(name)
    shot_id = farm.submit(frames="1-30", chunk_size=1).shot.id
    tried = render(farm, lambda _node, _frame: True)
    shot = farm.shot(shot_id)
    assert shot.state is ShotState.PAUSED
    assert len(tried) <= 5 * 3 + count * 2
    assert not get_shot(shot_id).bans
    assert {intent_of(farm, name)[0] for name in NAMES[:count]} == {NodeIntent.ENABLED}


@pytest.mark.parametrize("count", [1, 2, 3, 5], ids="{}-nodes".format)
def test_a_shot_that_begins_to_fail_everywhere_pauses_and_goes_on_when_resumed(farm, count):
    for name in NAMES[:count]:
        farm.join(name)
    shot_id = farm.submit(frames="1-60", chunk_size=1).shot.id
    broken = True
    tried = render(farm, lambda _node, frame: broken and frame > 20)
    shot = farm.shot(shot_id)
    assert (shot.state, shot.is_halted, shot.is_over) == (ShotState.PAUSED, True, True)
    assert "frames gave up one after the other" in shot.reason
    assert len(tried) <= 20 + 5 * 3 + 3 * count
    assert not get_shot(shot_id).bans, "it fails everywhere: that is no node's fault"
    broken = False
    farm.act(shot_id, "resume")
    render(farm, lambda _node, _frame: False)
    assert farm.shot(shot_id).state is ShotState.COMPLETED


def test_a_node_that_fails_in_two_shots_is_taken_out_and_gets_nothing_more(farm):
    for name in NAMES[:3]:
        farm.join(name)
    for _ in range(2):
        farm.submit(frames="1-12", chunk_size=1)
    tried = render(farm, lambda node, _frame: node == "cirrus")
    assert sum(node == "cirrus" for node, _, _ in tried) == 6
    intent, reason = intent_of(farm, "cirrus")
    assert intent is NodeIntent.DISABLED
    assert reason.startswith("Sick: it fails in 2 shots that others can render")
    farm.submit(frames="1-6", chunk_size=1)
    assert "cirrus" not in {node for node, _, _ in render(farm, lambda _n, _f: False)}


def test_a_sick_node_that_finishes_what_it_still_had_stays_sick(farm):
    farm.join("atlas")
    farm.join("bora")
    farm.join("cirrus", slots=2)
    farm.submit(frames="1-4", chunk_size=1)
    dispatches = farm.assign()
    held = next(dispatch for dispatch in dispatches if dispatch.node == "cirrus").order
    for dispatch in dispatches:
        if dispatch.order.chunk_id != held.chunk_id:
            farm.report(done(dispatch.order.chunk_id, int(dispatch.order.frames)))
            farm.report(ended(dispatch.order.chunk_id))
    for _ in range(2):
        farm.submit(frames="1-12", chunk_size=1)
    render(farm, lambda node, _frame: node == "cirrus")
    farm.report(done(held.chunk_id, int(held.frames)))
    assert {row.name for row in list_nodes().rows if row.is_sick} == {"cirrus"}


def test_a_node_that_is_enabled_again_starts_with_a_clean_sheet(farm):
    test_a_node_that_fails_in_two_shots_is_taken_out_and_gets_nothing_more(farm)
    node = next(row for row in list_nodes().rows if row.name == "cirrus")
    act_on_node(node.id, "enable", actor="mira")
    shot_id = farm.submit(frames="1-12", chunk_size=1).shot.id
    tried = render(farm, lambda node, _frame: node == "cirrus")
    assert sum(node == "cirrus" for node, _, _ in tried) == 3
    assert intent_of(farm, "cirrus")[0] is NodeIntent.ENABLED
    assert farm.shot(shot_id).state is ShotState.COMPLETED


def test_cleared_bans_let_the_node_try_again(farm):
    for name in NAMES[:2]:
        farm.join(name)
    shot_id = farm.submit(frames="1-8", chunk_size=1).shot.id
    render(farm, lambda node, frame: node == "bora" or frame == 8)
    assert [ban.node for ban in get_shot(shot_id).bans] == ["bora"]
    clear_bans(shot_id, actor="mira")
    assert get_shot(shot_id).bans == ()
    assert "banned nodes get another chance" in farm.reasons("shot", shot_id)[-1]


def test_one_nodes_word_that_it_is_pointless_is_not_enough(farm):
    for name in NAMES[:3]:
        farm.join(name)
    shot_id = farm.submit(frames="1-12", chunk_size=1).shot.id
    render(farm, lambda node, _frame: "permanent" if node == "bora" else None)
    assert farm.shot(shot_id).state is ShotState.COMPLETED


def test_two_nodes_word_that_it_is_pointless_is_enough(farm):
    for name in NAMES[:3]:
        farm.join(name)
    farm.submit(frames="1-12", chunk_size=1)
    tried = render(farm, lambda _node, frame: "permanent" if frame == 3 else None)
    assert len(set(tries_of(tried, 3))) == len(tries_of(tried, 3)) == 2


def test_a_node_short_of_memory_hands_the_frame_to_a_larger_one_without_blame(farm):
    for name, memory in (("atlas", 2**33), ("bora", 2**32), ("cirrus", 2**34)):
        farm.join(name, facts=_facts(name, memory))
    shot_id = farm.submit(frames="1").shot.id
    [dispatch] = farm.assign()
    assert dispatch.node == "atlas"
    farm.report(_short(dispatch.order.chunk_id, 1), ended(dispatch.order.chunk_id))
    [dispatch] = farm.assign()
    assert dispatch.node == "cirrus", "bora is smaller still"
    assert _frame(shot_id, 1).tries == 0
    farm.report(_short(dispatch.order.chunk_id, 1), ended(dispatch.order.chunk_id))
    assert _frame(shot_id, 1).tries == 1, "there is no larger one"


@pytest.mark.parametrize("how", ["offline", "started-again"])
def test_a_frame_that_takes_three_nodes_down_is_quarantined(farm, how):
    for name in NAMES[:4]:
        farm.join(name)
    shot_id = farm.submit(frames="1-3", chunk_size=3).shot.id
    [dispatch] = farm.assign()
    farm.report(started(dispatch.order.chunk_id), done(dispatch.order.chunk_id, 1))
    fallen = [dispatch.node]
    _go_down(farm, dispatch.node, how)
    for _ in range(2):
        suspect = _render_all_but(farm, 2)
        assert suspect.order.frames == "2", "the suspect goes alone"
        fallen.append(suspect.node)
        _go_down(farm, suspect.node, how)
    assert len(set(fallen)) == 3, "and elsewhere"
    assert farm.assign() == []
    frame = _frame(shot_id, 2)
    assert (frame.state, frame.vanished) == (FrameState.FAILED, 3)
    assert frame.reason.startswith("Quarantined: nodes vanished 3 times while rendering it")
    shot = farm.shot(shot_id)
    assert (shot.state, shot.done_count, shot.failed_count) == (ShotState.FAILED, 2, 1)
    assert farm.act(shot_id, "retry").pending_count == 1


def test_a_node_that_says_good_bye_blames_no_frame(farm):
    farm.join()
    shot_id = farm.submit(frames="1-3", chunk_size=3).shot.id
    [dispatch] = farm.assign()
    farm.report(started(dispatch.order.chunk_id))
    farm.attend(heartbeat(beat=2, leaving=True))
    assert farm.pending(shot_id) == "0-3"
    with reading() as session:
        assert session.get(Frame, (shot_id, 1)) is None


def test_what_failed_before_keeps_away_from_where_it_did_even_when_its_next_chunk_is_lost(farm):
    for name in NAMES[:3]:
        farm.join(name)
    shot_id = farm.submit(frames="1").shot.id
    [dispatch] = farm.assign()
    first = dispatch.node
    farm.report(failed(dispatch.order.chunk_id, 1), ended(dispatch.order.chunk_id))
    [dispatch] = farm.assign()
    farm.lose(dispatch.order.chunk_id)
    with reading() as session:
        [key] = session.get_one(Shot, shot_id).retries
    assert len(key.split(",")) == 1
    [dispatch] = farm.assign()
    assert dispatch.node != first


def _render_all_but(farm: CoreFarm, frame: int) -> Dispatch:
    """Finish every chunk that is given but the one with this frame, which is begun; return it."""
    held = None
    for dispatch in farm.assign():
        chunk, frames = dispatch.order.chunk_id, _frames(dispatch.order.frames)
        if frame in frames:
            held = dispatch
            farm.report(started(chunk))
        else:
            farm.report(*(done(chunk, number) for number in frames), ended(chunk))
    assert held is not None
    return held


def _go_down(farm: CoreFarm, name: str, how: str) -> None:
    others = [heartbeat(each, beat=0) for each in farm.node_names() if each != name]
    if how == "started-again":
        farm.attend(heartbeat(name, boot=f"after-{farm.now.timestamp()}"))
        farm.pass_time(1)
        return
    farm.pass_time(11)
    farm.attend(*(heartbeat(beat.node, beat=int(farm.now.timestamp())) for beat in others))
    farm.attend(heartbeat(name, beat=int(farm.now.timestamp()) + 1))


def _facts(name: str, memory_bytes: int) -> wire.MachineFacts:
    return wire.MachineFacts(
        hostname=name,
        os="Linux",
        cpu_count=8,
        memory_bytes=memory_bytes,
        blender_versions=["4.5.15"],
    )


def _short(chunk_id: int, frame: int) -> wire.FrameFailed:
    return wire.FrameFailed(
        chunk_id=chunk_id, frame=frame, reason="The machine ran short.", short_of_memory=True
    )


def _frame(shot_id: int, number: int) -> Frame:
    with reading() as session:
        return session.get_one(Frame, (shot_id, number))
