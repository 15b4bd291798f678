"""Killed nodes, Blenders, schedulers and brokers: nothing is lost."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil

from brender_farm.domain.states import ChunkState, ShotState
from brender_farm.service import shots
from brender_farm.service.shapes.frames import ChunkRow
from tests.farm import Farm
from tests.waiting import wait_for


def chunks_of(farm: Farm, shot: int) -> tuple[ChunkRow, ...]:
    with farm.core.app_context():
        return shots.shot_chunks(shot, limit=1000)


def wait_until_renders(farm: Farm, node: str) -> None:
    """Wait for the node's own word that Blender is at a frame; a chunk may still be on its way."""
    wait_for(
        lambda: any(work.frame is not None for work in farm.node(node).work), f"{node} renders"
    )


def blenders_of(farm: Farm, node: str) -> list[psutil.Process]:
    found = psutil.Process(farm.pid(node)).children(recursive=True)
    return [process for process in found if "fake_blender" in " ".join(process.cmdline())]


def test_the_frames_of_a_killed_node_are_rendered_by_another(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    farm.start_node("bert")
    shot = farm.submit(farm.blend(seconds=0.2), frames="1-30", chunk_size=5)
    wait_for(
        lambda: any(
            chunk.node == "anna" and chunk.state is ChunkState.RENDERING
            for chunk in chunks_of(farm, shot)
        ),
        "anna renders",
    )

    farm.kill("anna")

    wait_for(lambda: not farm.node("anna").online, "anna is offline", limit_s=20)
    detail = farm.wait_until_over(shot)
    assert detail.row.state is ShotState.COMPLETED
    assert len(farm.files(shot)) == 30
    lost = [chunk for chunk in chunks_of(farm, shot) if chunk.state is ChunkState.LOST]
    assert [chunk.node for chunk in lost] == ["anna"]


def test_a_killed_nodes_blender_does_not_live_on(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    farm.submit(farm.blend(seconds=30), frames="1")
    wait_until_renders(farm, "anna")
    blenders = wait_for(lambda: blenders_of(farm, "anna"), "Blender runs")

    farm.kill("anna")

    wait_for(lambda: not any(p.is_running() for p in blenders), "Blender is gone", limit_s=10)


def test_a_killed_blender_costs_a_try_and_not_the_chunk(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=0.3), frames="1-6", chunk_size=6)
    farm.wait_for_frames(shot, 2)

    for process in blenders_of(farm, "anna"):
        process.kill()

    detail = farm.wait_until_over(shot)
    assert detail.row.state is ShotState.COMPLETED
    assert len(farm.files(shot)) == 6


def test_a_hung_blender_is_killed_and_its_frame_tried_again(own_farm: Farm) -> None:
    farm = own_farm
    farm.env["BRENDER_STALL_S"] = "2"
    farm.start_node("anna")
    shot = farm.submit(farm.blend(hang=[2]), frames="1-3", chunk_size=3)

    detail = farm.wait_until_over(shot)

    assert (detail.row.done_count, detail.row.failed_count) == (2, 1)
    with farm.core.app_context():
        failed = shots.shot_frames(shot, state="failed").cells
    assert failed[0].tries == 3
    assert "Blender hung" in failed[0].reason


def test_a_slow_blender_that_works_is_left_alone(own_farm: Farm) -> None:
    farm = own_farm
    farm.env["BRENDER_STALL_S"] = "2"
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=5), frames="1")

    assert farm.wait_until_over(shot).row.done_count == 1


def test_a_killed_scheduler_changes_nothing_for_running_frames(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=0.2), frames="1-20", chunk_size=10)
    farm.wait_for_frames(shot, 2)

    farm.kill("scheduler")
    farm.restart("scheduler")

    detail = farm.wait_until_over(shot)
    assert detail.row.state is ShotState.COMPLETED
    assert [chunk.state for chunk in chunks_of(farm, shot)] == [ChunkState.DONE, ChunkState.DONE]


def test_a_killed_broker_loses_nothing_and_nothing_is_rendered_twice(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=0.3), frames="1-20", chunk_size=20)
    farm.wait_for_frames(shot, 2)

    farm.kill("broker")
    farm.restart("broker")

    detail = farm.wait_until_over(shot)
    assert detail.row.state is ShotState.COMPLETED
    assert [chunk.state for chunk in chunks_of(farm, shot)] == [ChunkState.DONE]


def test_a_broker_that_forgot_everything_loses_nothing(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=0.3), frames="1-20", chunk_size=20)
    farm.wait_for_frames(shot, 2)

    farm.kill("broker")
    for file in (farm.settings.broker_dir / "appendonlydir").iterdir():
        file.unlink()
    farm.restart("broker")

    detail = farm.wait_until_over(shot)
    assert detail.row.state is ShotState.COMPLETED
    assert [chunk.state for chunk in chunks_of(farm, shot)] == [ChunkState.DONE]


def test_a_shot_submitted_without_a_broker_is_rendered_when_it_is_back(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    farm.kill("broker")

    shot = farm.submit(farm.blend(), frames="1-3")
    farm.restart("broker")

    assert farm.wait_until_over(shot).row.state is ShotState.COMPLETED


def test_a_cancel_kills_what_renders(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=60), frames="1-2", chunk_size=2)
    wait_until_renders(farm, "anna")
    blenders = wait_for(lambda: blenders_of(farm, "anna"), "Blender runs")

    farm.act(shot, "cancel")

    wait_for(lambda: not any(p.is_running() for p in blenders), "Blender is gone", limit_s=15)
    assert farm.shot(shot).row.state is ShotState.CANCELLED
    assert farm.files(shot) == []
    other = farm.submit(farm.blend(), frames="1")
    assert farm.wait_until_over(other).row.state is ShotState.COMPLETED


def test_a_cancel_is_certain_even_when_the_order_is_lost(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=60), frames="1", name="lost order")
    wait_until_renders(farm, "anna")
    blenders = wait_for(lambda: blenders_of(farm, "anna"), "Blender runs")
    # The order leaves while the broker is away, and so does the scheduler's own.
    farm.kill("broker", signal.SIGSTOP)
    farm.act(shot, "cancel")
    farm.kill("broker", signal.SIGCONT)

    wait_for(lambda: not any(p.is_running() for p in blenders), "Blender is gone", limit_s=30)


def test_a_node_that_is_told_to_end_gives_its_chunk_back_unblamed(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=0.5), frames="1-20", chunk_size=20)
    farm.wait_for_frames(shot, 1)

    farm.end("anna")

    wait_for(lambda: chunks_of(farm, shot)[0].state is ChunkState.RETURNED, "the chunk came back")
    row = farm.shot(shot).row
    assert row.failed_count == 0
    assert row.pending_count == 20 - row.done_count
    farm.start_node("bert")
    assert farm.wait_until_over(shot).row.state is ShotState.COMPLETED


def test_a_paused_shot_gets_nothing_new_and_goes_on_when_resumed(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=0.2), frames="1-10", chunk_size=1)
    farm.wait_for_frames(shot, 1)

    farm.act(shot, "pause")
    wait_for(lambda: farm.shot(shot).row.rendering_count == 0, "nothing renders")
    done = farm.shot(shot).row.done_count
    other = farm.submit(farm.blend(), frames="1-3", chunk_size=1)
    farm.wait_until_over(other)
    assert farm.shot(shot).row.done_count == done

    farm.act(shot, "resume")
    wait_for(lambda: farm.shot(shot).row.state is ShotState.COMPLETED, "it completes")


def test_two_schedulers_by_mistake_do_no_harm(own_farm: Farm) -> None:
    farm = own_farm
    farm.processes["second"] = farm.processes["scheduler"]
    farm.start("scheduler")
    farm.start_node("anna", slots=2)
    shot = farm.submit(farm.blend(seconds=0.05), frames="1-40", chunk_size=1)

    detail = farm.wait_until_over(shot)

    assert detail.row.state is ShotState.COMPLETED
    assert sum(chunk.done_count for chunk in chunks_of(farm, shot)) == 40


def test_reports_that_could_not_be_delivered_are_delivered_by_the_next_start(
    own_farm: Farm,
) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=0.3), frames="1-3", chunk_size=3)
    farm.wait_for_frames(shot, 1)
    farm.kill("scheduler")
    farm.kill("broker")
    output = Path(farm.shot(shot).output_dir)

    farm.kill("anna")
    farm.restart("broker")
    farm.restart("scheduler")
    farm.restart("anna")

    assert farm.wait_until_over(shot).row.state is ShotState.COMPLETED
    assert len([name for name in output.iterdir() if name.suffix == ".png"]) == 3
