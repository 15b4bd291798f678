from __future__ import annotations

import pytest

from brender_farm.db.core import writing
from brender_farm.db.models import Shot
from brender_farm.domain.shot_filter import ShotFilter
from brender_farm.domain.states import ShotState
from brender_farm.errors import NotFound, RequestRefused
from brender_farm.service.archive import archive_shot
from brender_farm.service.bulk import BULK_ACTIONS, MAX_SHOTS, bulk, shots_meant, survey
from brender_farm.service.shots import get_shot
from tests.integration.service.core_farm import done, ended, started


@pytest.fixture
def three(farm) -> list[int]:
    """Return three queued shots of four frames; the first has two done and two on a node."""
    farm.join(slots=1)
    ids = [farm.submit(name=f"Shot {n}", frames="1-4", chunk_size=4).shot.id for n in (1, 2, 3)]
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    farm.report(started(chunk), done(chunk, 1), done(chunk, 2))
    return ids


def test_many_shots_are_paused_at_once_and_resumed(farm, three):
    result = bulk("pause", three, actor="mira", reason="Lunch.")
    assert (result.done, result.refused) == (tuple(three), ())
    assert {farm.shot(shot_id).state for shot_id in three} == {ShotState.PAUSED}
    assert farm.reasons("shot", three[1])[-1] == "Lunch."
    assert bulk("resume", three, actor="mira").done == tuple(three)
    assert farm.shot(three[1]).state is ShotState.QUEUED


def test_a_shot_that_refuses_stops_none_of_the_others_and_says_why(farm, three):
    farm.act(three[1], "cancel")
    result = bulk("pause", [*three, 99], actor="mira")
    assert result.done == (three[0], three[2])
    cancelled, gone = result.refused
    assert (cancelled.shot_id, cancelled.name) == (three[1], "Shot 2")
    assert "It is cancelled: 'pause' is not possible now." in cancelled.why
    assert (gone.shot_id, gone.name, gone.why) == (99, "", "There is no shot 99.")
    assert list(result.reasons) == [cancelled.why, gone.why]


def test_a_shot_that_is_named_twice_is_reached_once(farm, three):
    assert bulk("priority", [three[0]] * 5, actor="mira", priority=80).done == (three[0],)
    assert farm.reasons("shot", three[0]).count("Priority 50 → 80.") == 1


def test_cancelled_shots_stop_on_their_nodes(farm, three):
    bulk("cancel", three, actor="mira", reason="Wrong cut.")
    assert {farm.shot(shot_id).state for shot_id in three} == {ShotState.CANCELLED}
    assert farm.shot(three[0]).rendering_count == 0
    assert farm.reasons("shot", three[2])[-1] == "Wrong cut."


def test_reset_shots_begin_again_from_their_first_frame(farm, three):
    farm.act(three[1], "pause")
    farm.act(three[2], "cancel")
    result = bulk("reset", three, actor="mira", reason="New lamp.")
    assert result.done == tuple(three)
    for shot_id in three:
        shot = farm.shot(shot_id)
        assert (shot.state, shot.pending_count, shot.done_count) == (ShotState.QUEUED, 4, 0)
        words = "Reset: all 4 frames are rendered again. New lamp."
        assert farm.reasons("shot", shot_id)[-1] == words


def test_what_a_stopped_chunk_still_tells_does_not_count_after_a_reset(farm, three):
    bulk("reset", three[:1], actor="mira")
    farm.report(done(1, 3), done(1, 4), ended(1))
    assert farm.shot(three[0]).done_count == 0


def test_retried_shots_get_their_failed_frames_back(farm, three):
    farm.act(three[0], "cancel")
    assert bulk("retry", three, actor="mira").done == (three[0],)
    assert farm.shot(three[0]).state is ShotState.QUEUED


def test_deleted_shots_are_gone_whichever_waits_for_which(farm, three):
    follower = farm.submit(name="After", frames="1", after=[three[0]]).shot.id
    result = bulk("delete", [*three, follower], actor="mira")
    assert (set(result.done), result.refused) == ({*three, follower}, ())
    with pytest.raises(NotFound):
        get_shot(three[0])


def test_a_survey_counts_what_the_action_would_reach_and_changes_nothing(farm, three):
    farm.act(three[2], "cancel")
    seen = survey("cancel", [*three, 99])
    assert (seen.ids, seen.possible_count) == (tuple(three), 2)
    assert seen.names == ("Shot 1", "Shot 2")
    assert (seen.frame_count, seen.done_count) == (8, 2)
    assert (seen.rendering_count, seen.pending_count) == (2, 4)
    assert farm.shot(three[0]).state is ShotState.RENDERING


def test_all_that_match_are_meant(farm, three):
    farm.act(three[1], "cancel")
    archive_shot(three[1], actor="mira")
    assert shots_meant(ShotFilter()) == (three[0], three[2])
    assert shots_meant(ShotFilter(state="queued,cancelled", archived="all")) == tuple(three[1:])


@pytest.mark.parametrize(
    ("action", "ids", "priority", "field"),
    [
        ("explode", [1], None, "action"),
        ("priority", [1], None, "priority"),
        ("priority", [1], 101, "priority"),
        ("pause", range(MAX_SHOTS + 1), None, "ids"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_as_a_whole(farm, action, ids, priority, field):
    with pytest.raises(RequestRefused) as refusal:
        bulk(action, ids, actor="mira", priority=priority)
    assert [fault.field for fault in refusal.value.faults] == [field]


def test_hundreds_of_shots_can_be_steered_at_once(farm):
    first = farm.submit(frames="1-10").shot.id
    with writing() as session:
        columns = [each.key for each in Shot.__mapper__.column_attrs if each.key != "id"]
        one = session.get_one(Shot, first)
        values = {name: getattr(one, name) for name in columns}
        many = [Shot(**values | {"output_dir": f"{one.output_dir}{n}"}) for n in range(299)]
        session.add_all(many)
        session.flush()
        ids = [first, *(shot.id for shot in many)]
    assert len(bulk("pause", ids, actor="mira").done) == 300
    assert survey("cancel", ids).pending_count == 3000


def test_every_action_is_one_that_can_be_asked_for():
    assert {"start", "pause", "resume", "cancel", "reset", "retry"} < set(BULK_ACTIONS)
    assert {"priority", "archive", "unarchive", "delete"} < set(BULK_ACTIONS)
