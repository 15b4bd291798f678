"""Limits, shares and hours, from where they are set to the plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Node, Shot
from brender_farm.domain.local_time import local_time
from brender_farm.errors import ActionRefused, NotFound, RequestRefused
from brender_farm.service.dispatch import Dispatch
from brender_farm.service.nodes import list_nodes, set_hours
from brender_farm.service.rules import (
    list_rules,
    remove_limit,
    remove_share,
    set_limit,
    set_share,
)
from tests.integration.service.core_farm import CoreFarm, done, ended, heartbeat, started


def limit(name: str, slots: int) -> None:
    set_limit(name, slots, actor="mira")


def used(name: str) -> int:
    return next(row.used for row in list_rules().limits if row.name == name)


def finish(farm: CoreFarm, dispatch: Dispatch) -> None:
    """Let a chunk of one frame be rendered."""
    chunk, frame = dispatch.order.chunk_id, int(dispatch.order.frames)
    farm.report(started(chunk), done(chunk, frame), ended(chunk, reported=1))


def two_limited(farm: CoreFarm) -> list[int]:
    """Submit two shots that share a limit, with slots for both."""
    farm.join("atlas", slots=4)
    return [
        farm.submit(frames="1-9", chunk_size=1, limits="nuke", output=str(farm.root / name)).shot.id
        for name in "ab"
    ]


def test_two_shots_share_a_limit(farm):
    limit("nuke", 1)
    _, other = two_limited(farm)
    (first,) = farm.assign()
    assert used("nuke") == 1
    assert farm.assign() == []
    finish(farm, first)
    (second,) = farm.assign()
    assert farm.assign() == []
    farm.act(first.order.shot_id, "pause")
    finish(farm, second)
    assert [dispatch.order.shot_id for dispatch in farm.assign()] == [other]


def test_a_limit_that_is_raised_is_used_at_once(farm):
    limit("nuke", 1)
    two_limited(farm)
    farm.assign()
    limit("nuke", 3)
    assert len(farm.assign()) == 2


def test_a_limit_lowered_below_what_is_in_use_ends_nothing_and_starts_nothing(farm):
    limit("nuke", 3)
    two_limited(farm)
    first, second, third = farm.assign()
    limit("nuke", 1)
    assert used("nuke") == 3
    finish(farm, first)
    assert farm.assign() == []
    finish(farm, second)
    assert farm.assign() == []
    assert farm.chunk_state(third.order.chunk_id) == "sent"
    finish(farm, third)
    assert len(farm.assign()) == 1


def test_a_limit_of_none_holds_all_its_shots_and_no_others(farm):
    limit("nuke", 0)
    two_limited(farm)
    free = farm.submit(frames="1", output=str(farm.root / "c")).shot.id
    assert [dispatch.order.shot_id for dispatch in farm.assign()] == [free]


def test_a_limit_that_unfinished_shots_name_is_not_removed(farm):
    limit("nuke", 0)
    first, second = two_limited(farm)
    with pytest.raises(ActionRefused, match=f"Shot {first} and shot {second} name the limit nuke"):
        remove_limit("nuke", actor="mira")
    for shot_id in (first, second):
        farm.act(shot_id, "cancel")
    remove_limit("nuke", actor="mira")
    assert list_rules().limits == ()
    with pytest.raises(NotFound):
        remove_limit("nuke", actor="mira")


def test_a_shot_that_names_a_removed_limit_is_limited_no_more(farm):
    limit("nuke", 0)
    first, second = two_limited(farm)
    for shot_id in (first, second):
        farm.act(shot_id, "cancel")
    remove_limit("nuke", actor="mira")
    farm.act(first, "retry")
    assert {dispatch.order.shot_id for dispatch in farm.assign()} == {first}


@pytest.mark.parametrize(
    ("name", "slots", "fields"),
    [
        ("", 1, {"name"}),
        ("two words", 1, {"name"}),
        ("a,b", 1, {"name"}),
        ("nuke", -1, {"slots"}),
        ("nuke", 1.5, {"slots"}),
        ("nuke", float("nan"), {"slots"}),
        ("nuke", "many", {"slots"}),
        ("", "", {"name", "slots"}),
    ],
)
def test_what_is_no_limit_is_refused(farm, name, slots, fields):
    with pytest.raises(RequestRefused) as refused:
        set_limit(name, slots, actor="mira")
    assert {fault.field for fault in refused.value.faults} == fields
    assert list_rules().limits == ()


@pytest.mark.parametrize(
    ("who", "weight", "fields"),
    [
        (" ", 1, {"submitter"}),
        ("x" * 101, 1, {"submitter"}),
        ("a\0b", 1, {"submitter"}),
        ("mira", 0, {"weight"}),
        ("mira", 1001, {"weight"}),
        ("mira", "heavy", {"weight"}),
        ("mira", float("inf"), {"weight"}),
    ],
)
def test_what_is_no_share_is_refused(farm, who, weight, fields):
    with pytest.raises(RequestRefused) as refused:
        set_share(who, weight, actor="mira")
    assert {fault.field for fault in refused.value.faults} == fields


def test_a_submitter_gets_slots_by_weight(farm):
    set_share("heidi", 3, actor="mira")
    farm.join("atlas", slots=8)
    shots = {}
    for who in ("mira", "heidi"):
        shots[who] = farm.submit(frames="1-20", chunk_size=1, output=str(farm.root / who)).shot.id
        with writing() as session:
            session.get_one(Shot, shots[who]).submitter = who
    farm.assign()
    assert {row.submitter: row.slots for row in list_rules().shares} == {"heidi": 6, "mira": 2}
    remove_share("heidi", actor="mira")
    assert {row.submitter: row.weight for row in list_rules().shares} == {"heidi": 1, "mira": 1}
    with pytest.raises(NotFound):
        remove_share("heidi", actor="mira")


def test_changes_of_rules_are_events_and_no_change_is_none(farm):
    limit("nuke", 4)
    limit("nuke", 4)
    limit("nuke", 2)
    remove_limit("nuke", actor="mira")
    assert farm.reasons("limit", 0) == [
        "Limit nuke: none → 4.",
        "Limit nuke: 4 → 2.",
        "Limit nuke: 2 → none.",
    ]
    set_share("heidi", 2.5, actor="mira")
    assert farm.reasons("share", 0) == ["Share heidi: none → 2.5."]


def only_node() -> int:
    (row,) = list_nodes().rows
    return row.id


def test_a_node_outside_its_hours_gets_nothing_new_and_finishes_what_it_has(farm):
    farm.join("atlas", slots=2)
    day = f"{local_time(farm.now):%a}".lower()
    shot_id = farm.submit(frames="1-9", chunk_size=1).shot.id
    chunks = [dispatch.order.chunk_id for dispatch in farm.assign()]
    assert len(chunks) == 2
    set_hours(only_node(), f"{day} 22:00-23:00", actor="mira")
    farm.attend(heartbeat(slots=2, beat=2, claims=chunks))
    assert {farm.chunk_state(chunk) for chunk in chunks} == {"sent"}
    farm.report(started(chunks[0]), done(chunks[0], 1), ended(chunks[0], reported=1))
    assert farm.assign() == []
    assert farm.shot(shot_id).done_count == 1
    set_hours(only_node(), "always", actor="mira")
    assert len(farm.assign()) == 1


def test_a_node_takes_work_when_its_hours_begin(farm):
    farm.join("atlas")
    opens = local_time(farm.now + timedelta(hours=2))
    set_hours(only_node(), f"{opens:%a %H:%M}-{opens + timedelta(hours=1):%H:%M}", actor="mira")
    farm.submit(frames="1-2", chunk_size=1)
    assert farm.assign() == []
    farm.pass_time(2 * 3600)
    farm.attend(heartbeat(beat=2))
    assert len(farm.assign()) == 1


def test_hours_are_kept_in_one_spelling_and_each_change_is_an_event(farm):
    farm.join("atlas")
    node_id = only_node()
    assert set_hours(node_id, "Mon - Fri 19:00-8:00", actor="mira").hours == "mon-fri 19:00-08:00"
    assert set_hours(node_id, "mon-fri 19:00-08:00", actor="mira").hours == "mon-fri 19:00-08:00"
    assert set_hours(node_id, "daily", actor="mira").hours == ""
    assert farm.reasons("node", node_id)[-2:] == [
        "Hours: always → mon-fri 19:00-08:00.",
        "Hours: mon-fri 19:00-08:00 → always.",
    ]
    with reading() as session:
        assert session.get_one(Node, node_id).hours == ""


def test_hours_tell_when_the_node_opens_in_utc(farm):
    farm.join("atlas")
    opens = local_time(datetime.now(UTC) + timedelta(days=2)).replace(second=0, microsecond=0)
    row = set_hours(only_node(), f"{opens:%a %H:%M}-{opens:%H:%M}", actor="mira")
    assert row.out_of_hours
    assert row.opens_at == opens
    assert row.opens_at.tzinfo is UTC


def test_hours_that_cannot_be_read_are_refused_with_an_example(farm):
    farm.join("atlas")
    with pytest.raises(RequestRefused) as refused:
        set_hours(only_node(), "weekdays", actor="mira")
    (fault,) = refused.value.faults
    assert (fault.field, fault.remedy) == ("hours", "Example: mon-fri 19:00-08:00, sat-sun")
    with pytest.raises(NotFound):
        set_hours(99, "mon", actor="mira")
