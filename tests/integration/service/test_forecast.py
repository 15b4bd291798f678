from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.db.core import writing
from brender_farm.db.models import Shot
from brender_farm.service import shots
from brender_farm.service.forecast import foresee
from brender_farm.service.foresight import foresee_in_background
from brender_farm.service.nodes import act_on_node, list_nodes
from brender_farm.service.shapes.shots import Page
from tests.integration.service.core_farm import done, ended, heartbeat, started
from tests.waiting import wait_for


def begin(farm, **asked):
    """Submit a shot and have the first chunk of it, of one frame, take 2 s."""
    shot_id = farm.submit(chunk_size=1, **asked).shot.id
    [dispatch] = farm.assign()
    chunk = dispatch.order.chunk_id
    farm.report(started(chunk), done(chunk, 1, seconds=2.0), ended(chunk, reported=1))
    return shot_id


def test_nothing_is_told_before_a_first_frame_is_done(farm):
    farm.join()
    shot_id = farm.submit(frames="1-10").shot.id
    assert farm.shot(shot_id).time_left is None
    found = shots.list_shots(Page())
    assert (found.queue_left, found.untold_count) == (None, 1)


def test_a_shot_that_has_a_node_for_itself_is_told_to_the_second(farm):
    farm.join()
    shot_id = begin(farm, frames="1-11")
    left = farm.shot(shot_id).time_left
    assert left.s == pytest.approx(20.0)
    assert left.low_s < 20.0 < left.high_s
    assert shots.list_shots(Page()).queue_left == left


def test_frames_that_are_on_a_node_count_until_they_are_done(farm):
    farm.join()
    shot_id = begin(farm, frames="1-11")
    [dispatch] = farm.assign()
    assert farm.shot(shot_id).time_left_s == pytest.approx(20.0)
    farm.report(started(dispatch.order.chunk_id))
    told = foresee(now=farm.now + timedelta(seconds=1.5)).shots[shot_id]
    assert told.s == pytest.approx(18.5), "a second and a half of it has passed"


def test_a_shot_that_comes_after_another_is_told_to_end_after_it(farm):
    farm.join()
    first = begin(farm, frames="1-11")
    second = farm.submit(frames="1-5", priority=90, after=[first]).shot.id
    assert farm.shot(second).time_left_s == pytest.approx(30.0), "as long a frame as is usual"


def test_a_start_time_that_is_to_come_counts(farm):
    farm.join()
    begin(farm, frames="1-2")
    later = datetime.now(UTC) + timedelta(hours=1)
    second = farm.submit(frames="1-5", not_before=later).shot.id
    assert farm.shot(second).time_left_s == pytest.approx(3610, abs=30)


@pytest.mark.parametrize(
    "hinder",
    [
        pytest.param(lambda farm, shot_id: farm.act(shot_id, "pause"), id="paused"),
        pytest.param(lambda farm, shot_id: farm.act(shot_id, "cancel"), id="cancelled"),
        pytest.param(lambda farm, shot_id: stop_the_node(farm), id="no-node"),
        pytest.param(lambda farm, shot_id: need_a_tag(shot_id), id="no-node-fits"),
    ],
)
def test_a_shot_that_cannot_go_on_has_no_time_left(farm, hinder):
    farm.join()
    shot_id = begin(farm, frames="1-11")
    hinder(farm, shot_id)
    assert farm.shot(shot_id).time_left is None
    assert shots.list_shots(Page()).queue_left is None


def stop_the_node(farm):
    farm.attend(heartbeat(beat=2, accepting=False))


def need_a_tag(shot_id):
    with writing() as session:
        session.get_one(Shot, shot_id).tags = ["tape"]


def test_what_a_draining_node_still_renders_is_not_given_back_to_the_farm(farm):
    farm.join("atlas")
    shot_id = begin(farm, frames="1-11")
    farm.assign()
    farm.join("brisk")
    act_on_node(list_nodes().rows[0].id, "drain", actor="mira")
    assert farm.shot(shot_id).time_left_s == pytest.approx(18.0), "nine frames on the other"


def test_the_dashboard_tells_of_a_moment_ago_and_makes_the_next_one_beside(farm, core_app):
    farm.join()
    shot_id = begin(farm, frames="1-11")
    foresee_in_background(core_app)
    wait_for(lambda: farm.shot(shot_id).time_left is not None, "a first forecast")
    farm.act(shot_id, "pause")
    assert farm.shot(shot_id).time_left is None, "whatever the last forecast says"
    farm.act(shot_id, "resume")
    farm.submit(frames="1-10", priority=90)
    wait_for(lambda: farm.shot(shot_id).time_left_s > 35, "a forecast with the new shot in it")
