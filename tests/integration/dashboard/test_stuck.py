from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.db.models import Chunk, Frame, Node, Shot


@pytest.fixture
def stuck(farm):
    """Let atlas render frame 12 of a shot for five minutes; its frames take 2 s."""
    shot_id = farm.add_shot("lantern", done=8, count=20, state="rendering", work_seconds=16.0)
    node_id = farm.add_node("atlas")
    chunk_id = farm.add_chunk(shot_id, node_id, spans="11-13", frames="12-13", frame_count=2)
    claim = {"chunk_id": chunk_id, "frame": 12, "frame_s": 300.0, "sample": 4, "sample_count": 64}
    with farm.writing() as session:
        session.get(Node, node_id).claims = [claim]
        session.get(Chunk, chunk_id).started_at = datetime.now(UTC) - timedelta(minutes=6)
    return shot_id, chunk_id


def write_log(farm, chunk_id: int, text: str) -> None:
    logs = farm.root / "renders" / "lantern" / ".brender" / "logs"
    logs.mkdir(parents=True)
    (logs / f"{chunk_id}.log").write_text(text)


def test_a_stuck_frame_is_shown_with_how_long_it_should_take_and_what_it_says(farm, stuck):
    write_log(farm, stuck[1], "12:00:00.000 Error: System is out of GPU memory\n")
    text = farm.text("/failures")
    assert "frame 12" in text
    assert "usually 2.0 s" in text
    assert "sample 4 of 64" in text
    assert "Error: System is out of GPU memory" in text
    assert "had not enough memory" in text
    assert "Try elsewhere" in text


def test_without_stuck_frames_the_page_says_what_would_be_one(farm):
    assert "more than 3 times as long" in farm.text("/failures")


def test_trying_elsewhere_gives_the_frame_back_and_says_so(farm, stuck):
    shot_id, chunk_id = stuck
    assert farm.post(f"/failures/chunks/{chunk_id}/elsewhere", frame="12").status_code == 302
    text = farm.text("/failures")
    assert "Frame 12 of “lantern” was taken from atlas." in text
    assert "may come back to it" in text
    with farm.writing() as session:
        assert session.get(Chunk, chunk_id).state == "returned"
        assert session.get(Frame, (shot_id, 12)).failed_on
    assert "stuck-" not in text.replace("stuck-live", "").replace("stuck-title", "")


def test_a_frame_that_was_finished_meanwhile_is_left_alone(farm, stuck):
    farm.post(f"/failures/chunks/{stuck[1]}/elsewhere", frame="3")
    assert "was finished meanwhile" in farm.text("/failures")


def test_the_shot_of_a_stuck_frame_is_paused_from_there(farm, stuck):
    farm.post(f"/failures/shots/{stuck[0]}/pause")
    with farm.writing() as session:
        assert session.get(Shot, stuck[0]).state == "paused"
    farm.post(f"/failures/shots/{stuck[0]}/pause")
    assert "not possible now" in farm.text("/failures")


def test_a_finished_frame_that_was_slow_is_rendered_again_from_there(farm):
    shot_id = farm.add_shot("mill", done=8, count=8, state="completed", render_seconds=16.0)
    chunk_id = farm.add_chunk(shot_id, farm.add_node("atlas"), state="done", frames="1-8")
    with farm.writing() as session:
        shot = session.get(Shot, shot_id)
        shot.finished_at = datetime.now(UTC)
        for frame in range(1, 9):
            session.get(Frame, (shot_id, frame)).chunk_id = chunk_id
        session.get(Frame, (shot_id, 4)).seconds = 80.0
    text = farm.text("/failures")
    assert "its neighbours would take 2.0 s there" in text
    farm.post(f"/failures/shots/{shot_id}/frames/4/rerender")
    with farm.writing() as session:
        assert session.get(Frame, (shot_id, 4)).state == "pending"


def test_the_api_lists_stuck_frames_and_moves_one(farm, stuck):
    shot_id, chunk_id = stuck
    [row] = farm.get("/api/v1/stuck").json["stuck"]
    assert (row["frame"], row["node"], row["usual_s"]) == (12, "atlas", 2.0)
    assert row["actions"] == ["elsewhere", "pause"]

    moved = farm.client.post(f"/api/v1/chunks/{chunk_id}/elsewhere", json={"frame": 12})
    assert moved.json["shot"]["id"] == shot_id
    assert moved.json["node"] == "atlas"
    again = farm.client.post(f"/api/v1/chunks/{chunk_id}/elsewhere", json={})
    assert again.status_code == 409
    assert farm.client.post("/api/v1/chunks/999/elsewhere", json={}).status_code == 404


def test_what_a_log_says_is_only_words(farm, stuck):
    write_log(farm, stuck[1], "12:00:00.000 Error: <script>alert(1)</script>\n<b>bold</b>\n")
    text = farm.text("/failures")
    assert "<script>alert" not in text
    assert "<b>bold" not in text


def test_a_poll_of_the_stuck_frames_is_answered_only_when_something_changed(farm, stuck):
    text = farm.text("/failures")
    tag = text.split("/failures/stuck/live?tag=")[1].split('"')[0]
    with farm.counted_queries() as queries:
        assert farm.get(f"/failures/stuck/live?tag={tag}").status_code == 304
    assert len(queries) == 1


def test_the_overview_counts_stuck_frames_among_what_needs_somebody(farm, stuck):
    text = farm.text("/")
    assert "Needs somebody" in text
    assert '<a href="/failures">1 frame</a>' in text
