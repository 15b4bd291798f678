from __future__ import annotations

from datetime import UTC, datetime

import pytest

from brender_farm.db.core import writing
from brender_farm.db.models import Farm, FarmLimit, Node
from brender_farm.domain.reasons import ReasonKind
from brender_farm.errors import NotFound
from brender_farm.service.nodes import act_on_node, list_nodes
from brender_farm.service.why import why_idle, why_node_named, why_shot
from tests.integration.service.core_farm import done, ended, failed, started

K = ReasonKind


@pytest.fixture
def farm(farm):
    """Return a farm whose scheduler is there."""
    with writing() as session:
        session.get_one(Farm, 1).pass_at = datetime.now(UTC)
    return farm


def kinds(shot_id: int) -> list[ReasonKind]:
    return [reason.kind for reason in why_shot(shot_id).reasons]


def first(shot_id: int) -> str:
    return why_shot(shot_id).reasons[0].sentence


def test_a_shot_behind_one_of_higher_priority_says_who_has_the_slots_and_for_how_long(farm):
    for name in ("atlas", "titan"):
        farm.join(name)
    ahead = farm.submit(priority=80, frames="1-40", chunk_size=2).shot.id
    [here, there] = [dispatch.order.chunk_id for dispatch in farm.assign()]
    farm.report(started(here), started(there), done(here, 1, seconds=120.0))
    waiting = farm.submit(priority=50).shot.id
    [reason] = why_shot(waiting).reasons
    assert reason.kind is K.PRIORITY
    assert reason.text == (
        f"All 2 nodes online are rendering shot {ahead} (priority 80). The next slot, in about "
        f"2 min, goes to shot {ahead}, which has 36 frames left to give (36 min at its pace)."
    )
    assert reason.remedy == "To go first, give it a priority above 80."
    assert reason.free_in_s == pytest.approx(120.0)


def test_a_shot_that_gets_a_slot_with_the_next_pass_has_no_reason(farm):
    farm.join()
    found = why_shot(farm.submit().shot.id)
    assert found.reasons == ()
    assert found.verdict.startswith("Nothing holds it back: 1 slot that fits is free")


def test_without_a_pass_of_the_scheduler_that_comes_first(farm):
    farm.join()
    with writing() as session:
        session.get_one(Farm, 1).pass_at = None
    assert kinds(farm.submit().shot.id) == [K.SCHEDULER]


def test_nodes_that_are_away_are_named_with_why(farm):
    shot_id = farm.submit().shot.id
    assert kinds(shot_id) == [K.NO_NODE]
    for name in ("atlas", "titan"):
        farm.join(name)
    by_name = {row.name: row.id for row in list_nodes().rows}
    act_on_node(by_name["titan"], "disable", actor="mira", reason="New memory on Friday.")
    with writing() as session:
        session.get_one(Node, by_name["atlas"]).online = False
    [reason] = why_shot(shot_id).reasons
    assert reason.kind is K.NODES_AWAY
    assert reason.text.startswith("None of the 2 nodes takes work: atlas is offline (for ")
    assert reason.text.endswith("; titan is disabled (New memory on Friday).")
    assert "takes no work: it is disabled (New memory" in why_node_named("titan").verdict


def test_a_full_limit_names_who_has_it(farm):
    with writing() as session:
        session.add(FarmLimit(name="nuke", slots=1))
    farm.join(slots=2)
    user = farm.submit(limits="nuke", chunk_size=1, frames="1-3").shot.id
    farm.assign()
    waiting = farm.submit(limits="nuke").shot.id
    assert kinds(waiting) == [K.LIMIT]
    assert f"1 of 1 are in use by shot {user}." in first(waiting)
    [idle] = why_node_named("atlas").reasons
    assert (
        idle.text
        == f"2 shots wait for the limit nuke (1 of 1 in use): shot {user} and shot {waiting}."
    )


def test_a_shot_after_another_waits_for_it(farm):
    farm.join()
    earlier = farm.submit(name="sim").shot.id
    farm.assign()
    whole = farm.submit(after=[earlier]).shot.id
    assert kinds(whole) == [K.DEPENDENCY]
    assert f"It waits for shot {earlier} “sim” to be completed" in first(whole)
    by_frame = farm.submit(after_frames=[earlier]).shot.id
    assert kinds(by_frame) == [K.HELD_FRAMES]
    assert f"Frame 1 waits for frame 1 of shot {earlier} “sim”" in first(by_frame)
    farm.act(earlier, "cancel")
    assert kinds(whole) == [K.FAILED_DEPENDENCY]


def test_a_shot_before_its_time_says_when_it_starts(farm):
    farm.join()
    shot_id = farm.submit(not_before="2040-01-01 20:00").shot.id
    assert kinds(shot_id) == [K.NOT_BEFORE]
    assert "It starts at 2040-01-01 20:00" in first(shot_id)


def test_a_frame_that_failed_waits_for_another_node(farm):
    for name in ("atlas", "titan"):
        farm.join(name)
    shot_id = farm.submit(frames="1-2", chunk_size=1).shot.id
    chunks = {dispatch.node: dispatch.order for dispatch in farm.assign()}
    order = chunks["atlas"]
    farm.report(started(order.chunk_id), failed(order.chunk_id, int(order.frames)))
    farm.report(ended(order.chunk_id))
    assert farm.assign() == []
    assert kinds(shot_id) == []  # titan's slot, the only one that fits, is its own
    assert [reason.kind for reason in why_node_named("atlas").reasons] == [K.AVOIDED]


def test_finished_and_paused_shots_say_so(farm):
    farm.join()
    shot_id = farm.submit(frames="1").shot.id
    farm.act(shot_id, "pause")
    assert kinds(shot_id) == [K.PAUSED]
    farm.act(shot_id, "resume")
    [dispatch] = farm.assign()
    farm.report(done(dispatch.order.chunk_id, 1), ended(dispatch.order.chunk_id))
    assert why_shot(shot_id).verdict == "It is completed: nothing of it waits."
    assert why_shot(shot_id).reasons == ()


def test_an_idle_node_says_what_the_shots_need(farm):
    farm.join(slots=2)
    shots = [farm.submit(tags="gpu").shot.id for _ in range(4)]
    found = why_node_named("atlas")
    assert (found.idle_slots, found.verdict) == (2, "2 of its 2 slots are idle.")
    assert found.reasons[0].text == (
        f"4 shots need the tag gpu: shot {shots[0]}, shot {shots[1]}, shot {shots[2]} and 1 more."
    )
    assert why_idle() == {"atlas": found.reasons}


def test_a_node_with_nothing_to_do_says_so(farm):
    farm.join()
    assert why_node_named("atlas").reasons[0].text == "Every shot is finished."
    farm.act(farm.submit().shot.id, "pause")
    assert "1 shot is paused" in why_node_named("atlas").reasons[0].text


def test_a_busy_node_has_no_reason(farm):
    farm.join()
    farm.submit()
    farm.assign()
    assert (why_node_named("atlas").verdict, why_idle()) == ("It is busy.", {})


def test_what_is_not_there_is_not_found(farm):
    with pytest.raises(NotFound, match="There is no shot 99"):
        why_shot(99)
    with pytest.raises(NotFound, match="There is no node 'nobody'"):
        why_node_named("nobody")


def test_the_cost_does_not_grow_with_frames_shots_or_nodes(farm):
    farm.join("atlas")
    shot_id = farm.submit(tags="gpu", frames="1-3").shot.id
    with farm.counted_queries() as few:
        why_shot(shot_id)
    with farm.counted_queries() as few_idle:
        why_node_named("atlas")
    for name in "bcdef":
        farm.join(name)
    many_id = farm.submit(tags="gpu", frames="1-100000").shot.id
    for _ in range(5):
        farm.submit(frames="1-1000", chunk_size=1)
    farm.assign()
    with farm.counted_queries() as many:
        why_shot(many_id)
    with farm.counted_queries() as many_idle:
        why_node_named("atlas")
    assert len(few) == len(many) == 8
    assert len(many_idle) <= len(few_idle) + 1  # the shots that hold slots
