from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.domain.states import ShotState
from brender_farm.errors import ActionRefused
from brender_farm.service.again import rerender_frames
from brender_farm.service.archive import archive_shot, archive_the_old, unarchive_shot
from brender_farm.service.farm_settings import change_setting
from brender_farm.service.overview import overview
from brender_farm.service.shapes.shots import Page
from brender_farm.service.shots import list_shots
from tests.integration.service.core_farm import done, ended

LATER = datetime(2031, 1, 1, tzinfo=UTC)


@pytest.fixture
def completed(farm) -> int:
    """Return a shot of one frame that is done."""
    farm.join()
    shot_id = farm.submit(frames="1").shot.id
    [dispatch] = farm.assign()
    farm.report(done(dispatch.order.chunk_id, 1), ended(dispatch.order.chunk_id))
    return shot_id


def names(**wanted) -> int:
    return list_shots(Page(**wanted)).total


def test_an_archived_shot_is_out_of_the_list_and_its_counts_and_can_be_found(farm, completed):
    row = archive_shot(completed, actor="mira")
    assert row.archived
    assert "unarchive" in row.offers
    found = list_shots(Page())
    assert (found.total, found.counts["completed"], found.archived_count) == (0, 0, 1)
    assert overview().counts["completed"] == 0
    assert (names(archived="only"), names(archived="all")) == (1, 1)
    assert farm.reasons("shot", completed)[-1] == "Archived."


def test_an_archived_shot_comes_back(farm, completed):
    archive_shot(completed, actor="mira")
    archive_shot(completed, actor="mira")
    row = unarchive_shot(completed, actor="mira")
    assert not row.archived
    assert names() == 1
    assert farm.reasons("shot", completed)[-2:] == ["Archived.", "Taken out of the archive."]


def test_a_shot_that_goes_on_cannot_be_archived(farm):
    shot_id = farm.submit().shot.id
    with pytest.raises(ActionRefused, match="only shots that are over"):
        archive_shot(shot_id, actor="mira")


def test_an_archived_shot_that_is_rendered_again_is_seen_again(farm, completed):
    archive_shot(completed, actor="mira")
    row, _ = rerender_frames(completed, actor="mira")
    assert (row.state, row.archived) == (ShotState.QUEUED, False)
    assert names() == 1


def test_nothing_is_archived_by_itself_unless_that_is_set(farm, completed):
    assert archive_the_old(LATER) == 0
    assert names() == 1


def test_finished_shots_are_archived_when_they_are_old_enough(farm, completed):
    change_setting("archive_after_days", 30, actor="mira")
    cancelled, queued = farm.submit().shot.id, farm.submit().shot.id
    finished_at = farm.shot(completed).finished_at
    assert archive_the_old(finished_at + timedelta(days=29)) == 0
    farm.act(cancelled, "cancel")
    assert archive_the_old(LATER) == 2
    assert archive_the_old(LATER) == 0
    assert [row.id for row in list_shots(Page()).rows] == [queued]
    assert farm.reasons("shot", completed)[-1] == "Archived: it was over for 30 days."


def test_a_failed_shot_waits_for_somebody_however_long(farm):
    from tests.integration.service.core_farm import failed

    farm.join()
    shot_id = farm.submit(frames="1").shot.id
    for _ in range(3):
        for dispatch in farm.assign():
            chunk = dispatch.order.chunk_id
            farm.report(failed(chunk, 1), ended(chunk))
    assert farm.shot(shot_id).state is ShotState.FAILED
    change_setting("archive_after_days", 1, actor="mira")
    assert archive_the_old(LATER) == 0
