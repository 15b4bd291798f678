"""A shot's frames and chunks, and waiting for its end."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.cli.ending import Ending
from brender_farm.client import core_app
from brender_farm.db.core import writing
from brender_farm.db.models import Chunk, Frame, Node, Shot
from brender_farm.domain.states import ShotState


@pytest.fixture
def half_way(brender, scene, node) -> int:
    """Return a shot of four frames: one done, one failed, a lost chunk behind it."""
    assert brender("submit", scene, "--name", "Opening", "--frames", "1-4").exit_code == 0
    now = datetime.now(UTC)
    with core_app().app_context(), writing() as session:
        shot = session.get_one(Shot, 1)
        atlas = session.query(Node).one()
        chunk = Chunk(
            shot_id=1,
            node_id=atlas.id,
            state="lost",
            spans="",
            frames="1-2",
            frame_count=2,
            done_count=1,
            failed_count=1,
            reason="Its node went silent.",
            sent_at=now - timedelta(seconds=9),
            started_at=now - timedelta(seconds=8),
            finished_at=now - timedelta(seconds=5.5),
        )
        session.add(chunk)
        session.flush()
        done = {"state": "done", "seconds": 1.25, "byte_count": 900, "digest": "ab"}
        session.add(Frame(shot_id=1, frame=1, at=now, chunk_id=chunk.id, **done))
        session.add(Frame(shot_id=1, frame=2, state="failed", tries=3, reason="No camera.", at=now))
        shot.pending, shot.pending_count = "2-4", 2
        shot.done_count, shot.failed_count = 1, 1
    return 1


def halt(state: ShotState, *, halted: bool = False) -> None:
    with core_app().app_context(), writing() as session:
        shot = session.get_one(Shot, 1)
        shot.state, shot.pending, shot.pending_count = state, "", 0
        if halted:
            shot.is_halted = True


def test_frames_are_listed_with_what_became_of_each(brender, half_way, tmp_path):
    heads, *rows = brender("frames", half_way).output.splitlines()
    assert heads.split() == ["FRAME", "STATE", "SECONDS", "TRIES", "NODE", "FILE"]
    assert rows[0].split()[:5] == ["1", "done", "1.25", "-", "atlas"]
    assert rows[0].split()[-1] == f"{tmp_path}/renders/Opening/v001/0001.png"
    assert rows[1].split()[:4] == ["2", "failed", "-", "3"]
    assert rows[1].endswith("No camera.")
    assert rows[2].split()[:2] == ["3", "pending"]


def test_frames_are_chosen_by_state_and_number(brender, half_way):
    assert len(brender("frames", half_way, "--state", "failed").output.splitlines()) == 2
    rows = json.loads(brender("frames", half_way, "--frames", "1,4", "--json").output)
    assert [(row["frame"], row["state"]) for row in rows] == [(1, "done"), (4, "pending")]
    assert rows[0]["seconds"] == 1.25
    assert rows[1]["file"] is None


def test_chunks_are_listed_with_who_had_them(brender, half_way):
    heads, row = brender("chunks", half_way).output.splitlines()
    assert heads.split() == [
        *("CHUNK", "STATE", "DONE", "FAILED", "FRAMES", "NODE", "TOOK", "REASON")
    ]
    assert row.split()[:8] == ["1", "lost", "1/2", "1", "1-2", "atlas", "2.5", "s"]
    assert row.endswith("Its node went silent.")
    assert json.loads(brender("chunks", half_way, "--json").output)[0]["node"] == "atlas"
    assert len(brender("chunks", half_way, "--state", "done").output.splitlines()) == 1
    assert brender("chunks", 99).exit_code == Ending.NOT_FOUND


def test_a_chunks_log_is_printed(brender, half_way):
    assert brender("chunks", "--log", 99).exit_code == Ending.NOT_FOUND
    shown = brender("chunks", "--log", 1)
    assert shown.exit_code == 0
    assert "Nothing was said in chunk 1 yet." in shown.stderr
    assert brender("chunks").exit_code == Ending.WRONG_USE


@pytest.mark.parametrize(
    ("state", "halted", "status", "words"),
    [
        (ShotState.COMPLETED, False, Ending.DONE, "Shot 1 is completed, 1 of 4 frames."),
        (ShotState.FAILED, False, Ending.FAILED, "Shot 1 is failed"),
        (ShotState.CANCELLED, False, Ending.CANCELLED, "Shot 1 is cancelled"),
    ],
)
def test_waiting_ends_as_the_shot_did(brender, half_way, state, halted, status, words):
    halt(state, halted=halted)
    shown = brender("wait", half_way)
    assert shown.exit_code == status
    assert words in shown.stdout
    assert "brender: frame 2 failed: No camera." in shown.stderr
    assert brender("shot", "wait", half_way, "--json").exit_code == status


def test_of_several_the_first_that_did_not_complete_counts(brender, half_way, scene):
    brender("submit", scene)
    brender("cancel", 2)
    halt(ShotState.COMPLETED)
    shown = brender("wait", 1, 2, "--json")
    assert shown.exit_code == Ending.CANCELLED
    assert [row["state"] for row in json.loads(shown.stdout)] == ["completed", "cancelled"]


def test_waiting_ends_when_told_to(brender, half_way):
    shown = brender("wait", half_way, "--timeout", 0)
    assert shown.exit_code == Ending.REFUSED
    assert "Shot 1 is queued and has 1 of 4 frames." in shown.stderr
