from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from brender_farm import client, submit_shot
from brender_farm.db.core import writing
from brender_farm.db.models import Chunk, Node, Shot


@pytest.fixture
def chunk_id(node, scene) -> int:
    """Let the node be at frame 4 for ten minutes; the shot's frames take 5 s."""
    shot_id = submit_shot(scene, frames="1-9").id
    now = datetime.now(UTC)
    with client.core_app().app_context(), writing() as session:
        shot = session.get_one(Shot, shot_id)
        shot.measured_count, shot.work_seconds = 3, 15.0
        shot.pending, shot.pending_count, shot.done_count = "5-9", 4, 3
        chunk = Chunk(
            shot_id=shot_id,
            node_id=1,
            state="rendering",
            spans="3-5",
            frames="4-5",
            frame_count=2,
            sent_at=now,
            started_at=now - timedelta(minutes=11),
        )
        session.add(chunk)
        session.flush()
        claim = {"chunk_id": chunk.id, "frame": 4, "frame_s": 600.0}
        session.get_one(Node, 1).claims = [claim]
        return chunk.id


def test_stuck_frames_are_listed_with_what_is_usual(brender, chunk_id):
    text = brender("stuck").output
    assert "600 s" in text
    assert "5.0 s" in text
    assert "brender elsewhere CHUNK" in text
    [row] = json.loads(brender("stuck", "--json").output)["stuck"]
    assert (row["chunk_id"], row["frame"]) == (chunk_id, 4)


def test_a_frame_is_taken_from_its_node(brender, chunk_id):
    result = brender("elsewhere", chunk_id, "--reason", "Hangs")
    assert "Frame 4 of shot 1 was taken from atlas." in result.output
    assert brender("elsewhere", chunk_id).exit_code == 1
    assert "No frame renders for far longer" in brender("stuck").output
