from __future__ import annotations

from datetime import UTC, datetime

from brender_farm.db.models import Frame


def fail(farm, shot_id, frame, reason, *, state="failed", tail="", tries=3):
    with farm.writing() as session:
        session.add(
            Frame(
                shot_id=shot_id,
                frame=frame,
                state=state,
                tries=tries,
                reason=reason,
                log_tail=tail,
                at=datetime.now(UTC),
            )
        )


def test_every_frame_that_failed_is_shown_with_what_it_means(farm):
    shot_id = farm.add_shot("lantern", failed_count=1, retries={"1": "4-5"})
    fail(farm, shot_id, 3, "Blender ended.", tail="Fra:3\nError: System is out of GPU memory")
    fail(farm, shot_id, 5, "No space left on device", state="pending", tries=1)
    text = farm.text("/failures")
    assert "had not enough memory" in text
    assert "Error: System is out of GPU memory" in text
    assert "The disk was full." in text
    assert "Tried again" in text
    assert text.count("Render again") == 1


def test_without_failures_it_says_so(farm):
    farm.add_shot(done=3)
    assert "No frame has failed" in farm.text("/failures")


def test_a_failed_frame_is_explained_on_its_own_page_too(farm):
    shot_id = farm.add_shot(failed_count=1)
    fail(farm, shot_id, 3, "“Scene” has no camera.")
    assert "no camera to render from" in farm.text(f"/shots/{shot_id}/frames/3")


def test_what_blender_says_is_only_words(farm):
    shot_id = farm.add_shot("<i>x", failed_count=1)
    fail(farm, shot_id, 3, "<script>alert(1)</script>", tail="<b>bold</b>")
    text = farm.text("/failures")
    assert "<script>alert" not in text
    assert "<b>bold" not in text
    assert "<i>x" not in text


def test_a_poll_of_the_failures_is_answered_only_when_something_changed(farm):
    tag = farm.text("/failures").split("/failures/live?tag=")[1].split('"')[0]
    with farm.counted_queries() as queries:
        assert farm.get(f"/failures/live?tag={tag}").status_code == 304
    assert len(queries) == 1


def test_the_lines_that_tell_of_trouble_are_pulled_out_of_a_long_tail(farm):
    shot_id = farm.add_shot(failed_count=1)
    tail = "Error: cannot read 'wood.png'\nFra:3 Mem\nSaved: nothing"
    fail(farm, shot_id, 3, "Blender ended.", tail=tail)
    text = farm.text("/failures")
    assert "cannot read &#39;wood.png&#39;" in text
    assert "Fra:3" not in text
    assert "Saved: nothing" in text


def test_the_shot_of_a_failed_frame_may_be_paused_while_it_goes_on(farm):
    going = farm.add_shot("going", failed_count=1)
    fail(farm, going, 3, "Blender ended.")
    over = farm.add_shot("over", state="failed", failed_count=1)
    fail(farm, over, 3, "Blender ended.")
    text = farm.text("/failures")
    assert f"/failures/shots/{going}/pause" in text
    assert f"/failures/shots/{over}/pause" not in text


def test_the_api_lists_what_failed_and_what_it_means(farm):
    shot_id = farm.add_shot(failed_count=1)
    fail(farm, shot_id, 3, "Blender ended.", tail="Error: System is out of GPU memory")
    fail(farm, shot_id, 4, "Something new.")
    found = farm.get("/api/v1/failures").json
    rows = {row["frame"]: row for row in found["failures"]}
    assert rows[3]["errors"] == ["Error: System is out of GPU memory"]
    assert "not enough memory" in rows[3]["meaning"]
    assert "meaning" not in rows[4]
    assert found["total"] == 1
