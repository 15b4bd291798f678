from __future__ import annotations

from datetime import UTC, datetime, timedelta

from brender_farm.db.models import Shot
from tests.integration.dashboard.conftest import done_frame


def test_a_shot_shows_its_frames_chunks_and_history(farm):
    shot_id = farm.add_shot("lantern", done=3)
    farm.add_chunk(shot_id, farm.add_node("atlas"), frames="5-8", spans="4-8")
    text = farm.text(f"/shots/{shot_id}")
    assert f"/shots/{shot_id}/frames/3/thumb.jpg" in text
    assert "Frame 9: Pending" in text
    assert "Frame 6: Rendering" in text
    assert "atlas" in text
    assert str(farm.root / "renders" / "lantern") in text


def test_only_legal_actions_are_offered(farm):
    queued = farm.text(f"/shots/{farm.add_shot('a')}")
    completed = farm.text(f"/shots/{farm.add_shot('b', done=10, state='completed')}")
    assert "/actions/pause" in queued
    assert "/actions/resume" not in queued
    assert "/actions/" not in completed


def test_a_shot_is_paused_and_resumed(farm):
    shot_id = farm.add_shot("lantern")
    response = farm.post(f"/shots/{shot_id}/actions/pause")
    assert (response.status_code, response.location) == (302, f"/shots/{shot_id}")
    text = farm.text(f"/shots/{shot_id}")
    assert "is now paused" in text
    assert "/actions/resume" in text


def test_cancelling_is_confirmed_by_name_and_frame_counts(farm):
    shot_id = farm.add_shot("lantern", done=4, count=10)
    text = farm.text(f"/shots/{shot_id}/actions/cancel")
    assert "Cancel “lantern”?" in text
    assert "6 frames will not be rendered" in text
    assert "4 finished frames" in text
    farm.post(f"/shots/{shot_id}/actions/cancel", reason="Wrong scene")
    text = farm.text(f"/shots/{shot_id}")
    assert "Cancelled" in text
    assert "Wrong scene" in text


def test_what_is_not_possible_now_is_refused_with_a_page_that_says_so(farm):
    shot_id = farm.add_shot()
    assert farm.get(f"/shots/{shot_id}/actions/resume").status_code == 409
    refused = farm.post(f"/shots/{shot_id}/actions/resume")
    assert refused.status_code == 409
    assert "resume" in refused.text


def test_an_action_without_a_token_changes_nothing(farm):
    shot_id = farm.add_shot()
    response = farm.client.post(f"/shots/{shot_id}/actions/pause")
    assert response.status_code == 400
    assert "older session" in response.text
    assert "/actions/pause" in farm.text(f"/shots/{shot_id}")


def test_looking_changes_nothing(farm):
    shot_id = farm.add_shot()
    farm.get(f"/shots/{shot_id}/actions/cancel")
    assert "/actions/pause" in farm.text(f"/shots/{shot_id}")


def test_the_priority_is_changed_and_a_wrong_one_explained(farm):
    shot_id = farm.add_shot()
    farm.post(f"/shots/{shot_id}/priority", priority="80")
    assert 'value="80"' in farm.text(f"/shots/{shot_id}")
    farm.post(f"/shots/{shot_id}/priority", priority="101")
    text = farm.text(f"/shots/{shot_id}")
    assert "tone-failed" in text
    assert 'value="80"' in text


def test_frames_are_filtered_and_paged_by_the_address(farm):
    shot_id = farm.add_shot("long", count=300, done=5)
    assert "Frame 121:" in farm.text(f"/shots/{shot_id}?page=2")
    done = farm.text(f"/shots/{shot_id}?frames=done")
    assert "Frame 5: Done" in done
    assert "Frame 6:" not in done
    assert "No frame is" in farm.text(f"/shots/{shot_id}?page=99")


def test_a_long_shot_has_a_map_of_all_its_frames(farm):
    assert "frame-map" not in farm.text(f"/shots/{farm.add_shot('short')}")
    text = farm.text(f"/shots/{farm.add_shot('long', count=300, done=5)}")
    assert "Frames 1 to 5: done" in text
    assert "Frames 6 to 300: pending" in text
    assert 'data-runs="d5,p295"' in text


def test_a_shot_of_100_000_frames_is_shown_without_reading_them_all(farm):
    shot_id = farm.add_shot("huge", count=100_000)
    text = farm.text(f"/shots/{shot_id}")
    assert text.count('class="cell ') == 120
    assert 'data-runs="p100000"' in text


def test_the_frame_that_was_finished_last_is_shown_large(farm):
    shot_id = farm.add_shot(count=10)
    node_id = farm.add_node()
    now = datetime.now(UTC)
    for frame, minutes in ((9, 3), (2, 1), (5, 2)):
        chunk_id = farm.add_chunk(
            shot_id, node_id, state="done", frames=str(frame), frame_count=1, done_count=1
        )
        with farm.writing() as session:
            done = done_frame(shot_id, frame, now - timedelta(minutes=minutes))
            done.chunk_id = chunk_id
            session.add(done)
            session.get(Shot, shot_id).done_count += 1
    assert f"/shots/{shot_id}/frames/2/large.jpg" in farm.text(f"/shots/{shot_id}")


def test_a_poll_of_a_shot_is_answered_only_when_it_changed(farm):
    shot_id = farm.add_shot()
    tag = farm.tag(f"/shots/{shot_id}")
    with farm.counted_queries() as queries:
        assert farm.get(f"/shots/{shot_id}/live?tag={tag}").status_code == 304
    assert len(queries) == 1
    farm.post(f"/shots/{shot_id}/priority", priority="80")
    assert farm.get(f"/shots/{shot_id}/live?tag={tag}").status_code == 200


def test_the_page_costs_the_same_queries_for_any_number_of_frames(farm):
    few = farm.add_shot("few", count=200, done=2)
    many = farm.add_shot("many", count=200, done=150)
    first = cost(farm, f"/shots/{few}")  # what it finds out of nodes is kept for the next
    assert cost(farm, f"/shots/{many}") <= first <= 40


def test_a_shot_that_does_not_exist_is_a_page_that_says_so(farm):
    response = farm.get("/shots/99")
    assert response.status_code == 404
    assert "There is no shot 99." in response.text
    assert farm.get("/shots/99/live").status_code == 404


def test_a_changed_blend_is_offered_to_be_adopted(farm):
    assert "/adopt" not in farm.text(f"/shots/{farm.add_shot('a')}")
    shot_id = farm.add_shot("b", done=2, state="paused", blend_changed=True, reason="Changed.")
    assert farm.text(f"/shots/{shot_id}").count(f'action="/shots/{shot_id}/adopt"') == 2


def test_a_snapshot_and_the_limits_are_shown(farm):
    shot_id = farm.add_shot(
        source_blend="/mnt/lantern.blend", frame_limit_s=90, memory_limit_bytes=8 * 10**9
    )
    text = farm.text(f"/shots/{shot_id}")
    assert "Snapshot of" in text
    assert "/mnt/lantern.blend" in text
    assert "1 min 30 s" in text
    assert "8.0 GB" in text


def cost(farm, url):
    with farm.counted_queries() as queries:
        farm.text(url)
    return len(queries)
