"""Shots that come after each other, through real processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from brender_farm.db.core import reading
from brender_farm.db.models import Chunk, Frame
from brender_farm.domain.states import ShotState
from tests.farm import Farm
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("farm-following")


def when(farm: Farm, shot_id: int) -> dict[int, tuple[datetime, datetime]]:
    """Return when each frame was given to its node, and when it was recorded as done."""
    with farm.core.app_context(), reading() as session:
        wanted = select(Frame.frame, Frame.at, Chunk.sent_at).join(
            Chunk, Chunk.id == Frame.chunk_id
        )
        found = session.execute(wanted.where(Frame.shot_id == shot_id))
        return {row.frame: (row.sent_at, row.at) for row in found}


def test_a_comp_follows_a_simulation_frame_by_frame(farm: Farm) -> None:
    farm.start_node("bora")
    sim = farm.submit(farm.blend(seconds=0.2), frames="1-8", chunk_size=8)
    comp = farm.submit(farm.blend(), frames="1-8", chunk_size=1, after_frames=[sim])

    farm.wait_for_frames(comp, 1)
    row = farm.shot(sim).row
    assert row.state is ShotState.RENDERING, "the comp began while the simulation went on"
    detail = farm.wait_until_over(comp)

    assert detail.row.state is ShotState.COMPLETED
    assert farm.shot(sim).row.state is ShotState.COMPLETED
    assert detail.held_count == 0
    before, after = when(farm, sim), when(farm, comp)
    assert all(before[frame][1] <= after[frame][0] for frame in range(1, 9))


def test_a_shot_begins_when_the_one_before_it_is_completed(farm: Farm) -> None:
    first = farm.submit(farm.blend(), frames="1-4")
    second = farm.submit(farm.blend(), frames="1-4", after=[first])

    assert farm.shot(second).row.state is ShotState.WAITING
    farm.wait_until_over(second)

    first_end = farm.shot(first).row.finished_at
    begun = min(sent_at for sent_at, _ in when(farm, second).values())
    assert first_end is not None
    assert first_end <= begun <= first_end + timedelta(seconds=1), "at once, not at the next pass"


def test_a_shot_begins_when_its_time_has_come(farm: Farm) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=2)
    shot = farm.submit(farm.blend(), frames="1-2", not_before=moment)

    assert farm.shot(shot).row.state is ShotState.WAITING
    farm.wait_until_over(shot)

    assert min(sent_at for sent_at, _ in when(farm, shot).values()) >= moment


def test_a_circle_is_refused_on_the_command_line(farm: Farm) -> None:
    first = farm.submit(farm.blend(), frames="1", not_before="2099-01-01")
    second = farm.submit(farm.blend(), frames="1", after=[first])

    refused = farm.run("after", str(first), str(second))

    assert refused.returncode == 1
    assert f"Shot {first} -> {second} -> {first}:" in refused.stderr
    wait_for(lambda: farm.shot(second).row.state is ShotState.WAITING, "nothing has changed")
