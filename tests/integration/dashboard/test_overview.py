from __future__ import annotations

from datetime import UTC, datetime, timedelta

from brender_farm.db.models import Frame, WorkHour


def finish(farm, shot_id, node_id, frame, *, ago_s):
    """Let a chunk have finished this frame."""
    chunk_id = farm.add_chunk(
        shot_id, node_id, state="done", spans="", frames=str(frame), frame_count=1, done_count=1
    )
    with farm.writing() as session:
        stored = session.get(Frame, (shot_id, frame))
        stored.chunk_id, stored.at = chunk_id, datetime.now(UTC) - timedelta(seconds=ago_s)


def test_an_empty_farm_says_what_to_do_first(farm):
    text = farm.text("/")
    assert "Submit a shot" in text
    assert "Rendered last" not in text


def test_the_frames_that_were_finished_last_are_a_strip_newest_first(farm):
    lantern, mill = farm.add_shot("lantern", done=2), farm.add_shot("mill", done=1)
    node_id = farm.add_node()
    finish(farm, lantern, node_id, 1, ago_s=30)
    finish(farm, mill, node_id, 1, ago_s=20)
    finish(farm, lantern, node_id, 2, ago_s=10)
    text = farm.text("/")
    places = [
        text.index(f'id="strip-{shot}-{frame}"')
        for shot, frame in ((lantern, 2), (mill, 1), (lantern, 1))
    ]
    assert places == sorted(places)


def test_what_waits_for_somebody_is_named_with_its_reason(farm):
    farm.add_shot(
        "old", state="failed", reason="Long ago", finished_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    farm.add_shot("new", state="failed", reason="Out of memory", finished_at=datetime.now(UTC))
    farm.add_shot("stuck", state="paused", halted=True, reason="5 frames gave up")
    farm.add_shot("mine", state="paused", reason="Lunch")
    text = farm.text("/")
    assert "Out of memory" in text
    assert "5 frames gave up" in text
    assert "Long ago" not in text
    assert "Lunch" not in text


def test_the_last_day_is_told_hour_by_hour(farm):
    farm.add_shot()
    node_id = farm.add_node(slots=2)
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with farm.writing() as session:
        for back, done in ((0, 5), (3, 7), (40, 1000)):
            session.add(
                WorkHour(
                    at=hour - timedelta(hours=back),
                    node_id=node_id,
                    submitter="mira",
                    done_count=done,
                    seconds=3600.0,
                )
            )
    text = farm.text("/")
    assert "5 frames" in text
    assert "12 frames" in text
    assert ": 50 %, 7 frames" in text


def test_a_poll_of_the_overview_is_answered_only_when_something_changed(farm):
    farm.add_shot()
    tag = farm.tag("/")
    with farm.counted_queries() as queries:
        assert farm.get(f"/overview/live?tag={tag}").status_code == 304
    assert len(queries) == 1


def test_the_overview_takes_few_queries(farm):
    node_id = farm.add_node()
    for number in range(20):
        shot_id = farm.add_shot(f"shot{number}", done=3, state="rendering")
        for frame in (1, 2, 3):
            finish(farm, shot_id, node_id, frame, ago_s=frame)
    with farm.counted_queries() as queries:
        farm.text("/")
    assert len(queries) <= 14
