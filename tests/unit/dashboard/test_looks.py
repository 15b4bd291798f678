from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.domain.standing import Standing
from brender_farm.domain.states import (
    NODE_ACTIONS,
    SHOT_ACTIONS,
    SHOT_OFFERS,
    ChunkState,
    FrameState,
    NodeIntent,
    ShotState,
)
from brender_farm.service.shapes.nodes import NodeRow, NodeSample, NodeWork, UnwellFolder
from dashboard import looks

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORK = NodeWork(
    chunk_id=1,
    shot_id=1,
    shot_name="a",
    frames="1-4",
    frame=2,
    frame_s=None,
    done_count=1,
    frame_count=4,
    sample=None,
    sample_count=None,
)
UNWELL = UnwellFolder(folder="/mnt/x", reason="No space left on device.")


def node(**changes):
    values = {
        "id": 1,
        "name": "atlas",
        "intent": NodeIntent.ENABLED,
        "reason": "",
        "online": True,
        "slots": 2,
        "work": (),
        "sample": NodeSample(),
        "hostname": "atlas",
        "os": "Debian",
        "cpu_count": 4,
        "blender_versions": ("4.5.15",),
        "gpus": (),
        "tags": (),
        "own_tags": (),
        "has_given_tags": False,
        "warm": (),
        "restart_asked_at": None,
        "pool": "",
        "trouble": "",
        "unwell": (),
        "is_sick": False,
        "hours": "",
        "opens_at": None,
        "first_seen_at": NOW,
        "last_seen_at": NOW,
        "actions": (),
    }
    return NodeRow(**(values | changes))


def test_every_state_and_action_has_a_look():
    assert set(looks.SHOT_LOOKS) == set(ShotState)
    assert set(looks.CHUNK_LOOKS) == set(ChunkState)
    assert set(looks.FRAME_LOOKS) == set(FrameState)
    assert set(looks.SHOT_ACTION_LOOKS) == set(SHOT_ACTIONS)
    assert set(looks.SHOT_OFFER_LOOKS) == set(SHOT_OFFERS)
    assert set(looks.NODE_ACTION_LOOKS) == set(NODE_ACTIONS)
    assert set(looks.NODE_LOOKS) == set(Standing)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, "Idle"),
        ({"work": (WORK,)}, "Rendering"),
        ({"trouble": "no Blender"}, "In trouble"),
        ({"intent": NodeIntent.DRAINING, "work": (WORK,)}, "Draining"),
        ({"intent": NodeIntent.DISABLED}, "Disabled"),
        ({"opens_at": NOW, "intent": NodeIntent.DRAINING}, "Draining"),
        ({"opens_at": NOW, "online": False}, "Offline"),
        ({"online": False, "work": (WORK,)}, "Offline"),
        ({"unwell": (UNWELL,)}, "Cannot write"),
        ({"unwell": (UNWELL,), "work": (WORK,)}, "Rendering"),
        ({"intent": NodeIntent.DISABLED, "is_sick": True}, "Sick"),
        ({"intent": NodeIntent.DISABLED, "is_sick": True, "online": False}, "Sick"),
    ],
)
def test_a_node_shows_intent_crossed_with_what_is_seen(changes, word):
    assert looks.node_look(node(**changes)).word == word


def test_a_node_outside_its_hours_says_until_when_whatever_it_finishes():
    opens_at = datetime.now(UTC) + timedelta(days=30)
    word = looks.node_look(node(opens_at=opens_at, work=(WORK,))).word
    assert word == f"Outside its hours until {opens_at.astimezone():%Y-%m-%d %H:%M}"


def test_only_a_node_that_would_get_work_has_free_slots():
    assert looks.free_slots(node(work=(WORK,))) == 1
    assert looks.free_slots(node(online=False)) == 0
    assert looks.free_slots(node(trouble="no Blender")) == 0
    assert looks.free_slots(node(intent=NodeIntent.DRAINING)) == 0
    assert looks.free_slots(node(opens_at=NOW)) == 0


def test_a_bar_is_split_in_proportion():
    parts = looks.shot_segments(done=50, failed=10, rendering=20, total=100)
    assert [(part.tone, part.start, part.width) for part in parts] == [
        ("done", 0, 50),
        ("failed", 50, 10),
        ("rendering", 60, 20),
    ]


def test_one_failed_frame_of_a_million_can_still_be_seen():
    failed = looks.shot_segments(done=999_999, failed=1, rendering=0, total=1_000_000)[1]
    assert failed.width == 0.4


def test_a_bar_without_frames_is_empty():
    assert looks.shot_segments(0, 0, 0, 0) == []
