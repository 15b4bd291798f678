"""A shot from submission to files, through real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from brender_farm import wire
from brender_farm.broker.queues import node_queue
from brender_farm.celery_app import RENDER_CHUNK, client_app
from brender_farm.domain.formats import FORMATS
from brender_farm.domain.states import ChunkState, FrameState, ShotState
from brender_farm.images.decode import decode
from brender_farm.service import shots
from tests.farm import Farm
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("farm-rendering")


def test_a_shot_renders_every_frame(farm: Farm) -> None:
    shot = farm.submit(farm.blend(), frames="1-12")

    detail = farm.wait_until_over(shot)

    assert detail.row.state is ShotState.COMPLETED
    assert detail.row.done_count == 12
    assert farm.files(shot) == [f"{number:04}.png" for number in range(1, 13)]
    wait_for(lambda: farm.drafts(shot) == [], "no unproven frame is left")


def test_each_frame_is_reported_with_its_figures(farm: Farm) -> None:
    shot = farm.submit(farm.blend(), frames="3")

    farm.wait_until_over(shot)

    with farm.core.app_context():
        cell = shots.shot_frames(shot).cells[0]
    path = Path(farm.shot(shot).output_dir) / "0003.png"
    assert (cell.frame, cell.state, cell.node) == (3, FrameState.DONE, "anna")
    assert cell.byte_count == path.stat().st_size
    assert cell.seconds is not None
    assert cell.tag


def test_a_frame_has_the_size_that_its_shot_says(farm: Farm) -> None:
    asked = {"width": 633, "height": 356, "percentage": 33, "samples": 4}
    shot = farm.submit(farm.blend(), frames="1-2", **asked)

    detail = farm.wait_until_over(shot)

    image = decode(Path(detail.output_dir) / "0002.png", FORMATS["PNG"])
    assert (image.width, image.height) == (detail.width, detail.height) == (208, 117)


def test_a_fixed_chunk_size_is_respected(farm: Farm) -> None:
    shot = farm.submit(farm.blend(), frames="1-10", chunk_size=4)

    farm.wait_until_over(shot)

    with farm.core.app_context():
        chunks = shots.shot_chunks(shot)
    assert [chunk.frames for chunk in reversed(chunks)] == ["1-4", "5-8", "9-10"]
    assert {chunk.state for chunk in chunks} == {ChunkState.DONE}


def test_blenders_words_are_in_the_chunks_log(farm: Farm) -> None:
    shot = farm.submit(farm.blend(log_bytes=500), frames="1")

    detail = farm.wait_until_over(shot)

    with farm.core.app_context():
        chunk = shots.shot_chunks(shot)[0]
    log = Path(detail.output_dir) / ".brender" / "logs" / f"{chunk.id}.log"
    wait_for(lambda: log.exists() and "Updating Objects" in log.read_text(), "the log has words")


def test_a_frame_that_always_fails_is_tried_three_times(farm: Farm) -> None:
    blend = farm.blend(fail=[2], fail_message="Out of memory")
    shot = farm.submit(blend, frames="1-3", chunk_size=1)

    detail = farm.wait_until_over(shot)

    assert detail.row.state is ShotState.FAILED
    assert (detail.row.done_count, detail.row.failed_count) == (2, 1)
    with farm.core.app_context():
        failed = shots.shot_frames(shot, state=FrameState.FAILED).cells
    assert [(cell.frame, cell.tries) for cell in failed] == [(2, 3)]
    assert "Out of memory" in failed[0].reason


@pytest.mark.parametrize("damage", ["truncate", "wrong_size", "no_file"])
def test_a_damaged_file_is_never_published(farm: Farm, damage: str) -> None:
    shot = farm.submit(farm.blend(**{damage: [2]}), frames="1-3", chunk_size=1)

    detail = farm.wait_until_over(shot)

    assert detail.row.state is ShotState.FAILED
    assert farm.files(shot) == ["0001.png", "0003.png"]


def test_a_black_frame_is_flagged_and_kept(farm: Farm) -> None:
    shot = farm.submit(farm.blend(black=[1]), frames="1-2")

    detail = farm.wait_until_over(shot)

    assert detail.row.state is ShotState.COMPLETED
    with farm.core.app_context():
        cells = shots.shot_frames(shot).cells
    assert ["black" in cell.reason for cell in cells] == [True, False]


def test_a_shot_that_fails_everywhere_pauses_itself(farm: Farm) -> None:
    blend = farm.blend(open_fails="There is no scene in this file.")
    shot = farm.submit(blend, frames="1-100", chunk_size=10)

    detail = farm.wait_until_over(shot)

    assert detail.row.state is ShotState.PAUSED
    assert "5 frames gave up one after the other" in detail.row.reason


def test_a_crash_of_blender_costs_one_try(farm: Farm) -> None:
    shot = farm.submit(farm.blend(crash=[2]), frames="1-4", chunk_size=4)

    detail = farm.wait_until_over(shot)

    assert (detail.row.done_count, detail.row.failed_count) == (3, 1)


def test_a_message_that_comes_twice_renders_once(farm: Farm) -> None:
    shot = farm.submit(farm.blend(seconds=0.5), frames="1-2", chunk_size=2)
    wait_for(lambda: farm.shot(shot).row.state is ShotState.RENDERING, "it renders")
    with farm.core.app_context():
        chunk = shots.shot_chunks(shot)[0]
    detail = farm.shot(shot)
    order = wire.ChunkOrder(
        chunk_id=chunk.id,
        shot_id=shot,
        shot_name="again",
        frames=chunk.frames,
        scene=wire.SceneOrder(
            blend=detail.blend,
            size_bytes=0,
            mtime_ns=0,
            ctime_ns=0,
            digest=detail.blend_digest,
            scene="Scene",
            format="PNG",
        ),
        output_dir=detail.output_dir,
        padding=4,
    )
    client = client_app(farm.broker_url)
    client.send_task(RENDER_CHUNK, args=[wire.write(order)], queue=node_queue("anna"))

    finished = farm.wait_until_over(shot)

    assert finished.row.state is ShotState.COMPLETED
    assert finished.row.failed_count == 0
    with farm.core.app_context():
        assert len(shots.shot_chunks(shot)) == 1


def test_a_message_that_is_not_in_the_agreed_form_is_refused_and_nothing_breaks(farm: Farm) -> None:
    client = client_app(farm.broker_url)
    client.send_task(RENDER_CHUNK, args=[{"rm": "-rf"}], queue=node_queue("anna"))
    shot = farm.submit(farm.blend(), frames="1")

    assert farm.wait_until_over(shot).row.state is ShotState.COMPLETED
    assert "A message was refused." in farm.log("anna")


def test_the_higher_priority_gets_the_next_chunk(farm: Farm) -> None:
    low = farm.submit(farm.blend(seconds=0.2), frames="1-20", chunk_size=1, priority=10)
    wait_for(lambda: farm.shot(low).row.done_count >= 1, "the first shot has begun")
    high = farm.submit(farm.blend(), frames="1-3", chunk_size=1, priority=90)

    farm.wait_until_over(high)

    assert farm.shot(low).row.done_count < 20
    farm.act(low, "cancel")
