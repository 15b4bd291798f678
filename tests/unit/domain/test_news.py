from __future__ import annotations

import random

import pytest

from brender_farm.domain.news import (
    GOODBYE,
    Happening,
    Topic,
    Wish,
    message_of,
    news_of,
    summary,
    topic_of,
    wants,
)
from brender_farm.domain.states import SHOT_MOVES, ShotState

URL = "http://farm:8888"


def happening(**changes) -> Happening:
    values = {
        "event_id": 7,
        "actor": "farm",
        "subject": "shot",
        "subject_id": 12,
        "from_state": "rendering",
        "to_state": "completed",
        "name": "film",
        "submitter": "mira",
        "frame_count": 48,
        "took_s": 750.0,
    }
    return Happening(**(values | changes))


def node_event(**changes) -> Happening:
    values = {"subject": "node", "subject_id": 3, "name": "atlas", "from_state": "online"}
    return happening(
        **({"to_state": "offline", "reason": "No heartbeat for 10 s."} | values | changes)
    )


def test_a_completed_shot_is_told_with_its_frames_time_and_page():
    message = message_of([news_of(happening())], URL)
    assert message.title == "Shot 12 film completed"
    assert message.text == (
        "All 48 frames are done, 12 min after its first one began.\nhttp://farm:8888/shots/12"
    )
    assert message.is_good


@pytest.mark.parametrize(
    ("seen", "topic"),
    [
        pytest.param(happening(), Topic.COMPLETED, id="completed"),
        pytest.param(happening(to_state="failed"), Topic.FAILED, id="failed"),
        pytest.param(happening(to_state="paused"), Topic.PAUSED, id="paused by the farm"),
        pytest.param(happening(to_state="paused", actor="mira"), None, id="paused by a person"),
        pytest.param(happening(to_state="cancelled", actor="mira"), None, id="cancelled"),
        pytest.param(happening(from_state="completed"), None, id="a note on a completed shot"),
        pytest.param(happening(name=""), None, id="a shot that was deleted"),
        pytest.param(node_event(), Topic.NODE, id="a node fell silent"),
        pytest.param(node_event(reason=GOODBYE), None, id="a node was stopped"),
        pytest.param(
            node_event(from_state="offline", to_state="online"), None, id="a node is back"
        ),
        pytest.param(
            node_event(from_state="enabled", to_state="disabled"), Topic.NODE, id="a node is sick"
        ),
        pytest.param(
            node_event(from_state="enabled", to_state="disabled", actor="mira"),
            None,
            id="a node was disabled by a person",
        ),
        pytest.param(happening(subject="chunk", to_state="failed"), None, id="a chunk"),
    ],
)
def test_what_is_news(seen, topic):
    assert topic_of(seen) is topic
    assert (news_of(seen) is None) == (topic is None)


@pytest.mark.parametrize(
    ("wish", "seen", "is_told"),
    [
        pytest.param({"mine_only": True}, {}, True, id="my own shot"),
        pytest.param({"mine_only": True}, {"submitter": "tom"}, False, id="somebody else's"),
        pytest.param({}, {"submitter": "tom"}, True, id="everybody's"),
        pytest.param({"show_id": 4}, {"show_id": 4}, True, id="of the show"),
        pytest.param({"show_id": 4}, {"show_id": 5}, False, id="of another show"),
        pytest.param({"show_id": 4}, {}, False, id="of no show"),
        pytest.param({"topics": frozenset({Topic.FAILED})}, {}, False, id="another kind of news"),
        pytest.param({"after_event": 7}, {}, False, id="told already"),
        pytest.param({"after_event": 6}, {}, True, id="not told yet"),
    ],
)
def test_who_is_told(wish, seen, is_told):
    made = Wish(**({"id": 1, "owner": "mira", "topics": frozenset(Topic)} | wish))
    assert wants(made, happening(**seen), Topic.COMPLETED) is is_told


def test_nodes_belong_to_no_show_and_to_nobody():
    wish = Wish(id=1, owner="mira", topics=frozenset({Topic.NODE}), mine_only=True, show_id=4)
    assert wants(wish, node_event(), Topic.NODE)


def test_several_news_are_one_message_with_a_line_for_each():
    seen = [happening(event_id=n, subject_id=n, name=f"film{n}") for n in range(1, 4)]
    news = [news_of(one) for one in seen] + [
        news_of(happening(event_id=9, to_state="failed", reason="2 of 48 frames gave up.")),
        news_of(node_event(event_id=10)),
    ]
    message = message_of(news, URL)
    assert message.title == "3 shots completed, 1 shot failed, 1 node in trouble"
    assert "Shot 2 film2 completed: All 48 frames" in message.text
    assert "Shot 12 film failed: 2 of 48 frames gave up.\nhttp://farm:8888/shots/12" in message.text
    assert "Node atlas is offline: No heartbeat for 10 s.\nhttp://farm:8888/nodes" in message.text
    assert not message.is_good


def test_a_message_has_an_end():
    news = [news_of(happening(event_id=n, subject_id=n, reason="x" * 5000)) for n in range(300)]
    message = message_of(news, URL)
    assert message.title == "300 shots completed"
    assert "And 280 more: http://farm:8888/events" in message.text
    assert len(message.text) < 5000


def test_every_change_of_a_shot_is_told_once_or_not_at_all():
    dice = random.Random(4)
    for _ in range(500):
        state = dice.choice(list(ShotState))
        target = dice.choice(sorted(SHOT_MOVES[state]))
        seen = happening(from_state=state, to_state=target, actor=dice.choice(["farm", "mira"]))
        news = news_of(seen)
        ends = target in (ShotState.COMPLETED, ShotState.FAILED)
        assert (news is not None) == (ends or (target is ShotState.PAUSED and seen.actor == "farm"))
        if news is not None:
            assert summary([news]).startswith("1 shot ")
            assert news.words
