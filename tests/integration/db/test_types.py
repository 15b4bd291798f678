from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Event, Farm, Node
from brender_farm.domain.states import NodeIntent

NOON = datetime(2025, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def node(**changes: object) -> Node:
    values = {
        "name": "n1",
        "online": True,
        "accepting": True,
        "boot": "b",
        "slots": 1,
        "facts": {},
        "sample": {},
        "first_seen_at": NOON,
        "last_seen_at": NOON,
    }
    return Node(**{**values, **changes})


def stored(row: Node) -> Node:
    with writing() as session:
        session.add(row)
    with reading() as session:
        session.expire_all()
        found = session.get_one(Node, row.id)
        session.refresh(found)
        session.expunge(found)
        return found


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(NOON, id="utc"),
        pytest.param(NOON.astimezone(timezone(timedelta(hours=-7))), id="another-zone"),
    ],
)
def test_a_time_is_kept_to_the_microsecond_and_comes_back_in_utc(core_app, moment):
    found = stored(node(first_seen_at=moment)).first_seen_at
    assert found == NOON
    assert found.tzinfo is UTC or found.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(core_app):
    with pytest.raises(StatementError, match="Times must be aware"), writing() as session:
        session.add(node(first_seen_at=NOON.replace(tzinfo=None)))


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"memory_bytes": 2**40, "names": ["ä", "\0", "half \ud800"], "none": None},
        {"deep": [{"x": 1.5}]},
    ],
    ids=["empty", "odd-signs", "nested"],
)
def test_json_comes_back_as_it_was(core_app, value):
    assert stored(node(facts=value)).facts == value


def test_a_state_comes_back_as_a_member_of_its_kind(core_app):
    found = stored(node(intent=NodeIntent.DRAINING)).intent
    assert found is NodeIntent.DRAINING
    with reading() as session:
        assert session.execute(text("SELECT intent FROM nodes")).scalar() == "draining"


@pytest.mark.parametrize(
    ("written", "kept"),
    [("fine: ü 漢 🎬", "fine: ü 漢 🎬"), ("a\0b", "a?b"), ("half \ud800 sign", "half ? sign")],
    ids=["any-language", "nul", "half-a-sign"],
)
def test_words_of_others_are_cleaned_of_what_no_database_keeps(core_app, written, kept):
    assert stored(node(trouble=written)).trouble == kept


def test_large_numbers_are_kept(core_app):
    assert stored(node(memory_bytes=2**62)).memory_bytes == 2**62


def test_an_event_is_numbered_by_the_database_and_no_number_is_used_again(core_app):
    def add() -> int:
        with writing() as session:
            event = Event(
                at=NOON, actor="a", subject="shot", subject_id=2**40, from_state="", to_state="x"
            )
            session.add(event)
            session.flush()
            return event.id

    first = add()
    with writing() as session:
        session.execute(text("DELETE FROM events"))
    assert add() > first


def test_there_is_one_row_about_the_farm(core_app):
    with reading() as session:
        farm = session.get_one(Farm, 1)
        assert (farm.shots_rev, farm.nodes_rev, farm.pass_at) == (1, 1, None)
