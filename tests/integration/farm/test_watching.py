"""Taking a frame from a node that hangs, and what the farm's processes say, with real processes."""

from __future__ import annotations

from pathlib import Path

from brender_farm.broker.link import connect
from brender_farm.broker.log_stream import WARNINGS, LogStreams
from brender_farm.domain.states import ShotState
from brender_farm.service.elsewhere import try_elsewhere
from tests.farm import Farm, running_farm
from tests.waiting import wait_for


def said(farm: Farm, source: str) -> list[str]:
    with connect(farm.broker_url) as client:
        return [line.message for line in LogStreams(client).last(source, 500)]


def test_a_frame_that_hangs_on_one_node_is_rendered_by_another(tmp_path: Path) -> None:
    with running_farm(tmp_path) as farm:
        farm.start_node("anvil", hang=[2])
        shot_id = farm.submit(farm.blend(), frames="1-4", chunk_size=1)
        work = wait_for(
            lambda: [w for w in farm.node("anvil").work if w.frame == 2 and w.frame_s],
            "the farm sees how long anvil has been at frame 2",
        )
        farm.start_node("bellows")
        with farm.core.app_context():
            moved = try_elsewhere(work[0].chunk_id, actor="mira")

        assert (moved.frame, moved.node, moved.has_others) == (2, "anvil", True)
        row = farm.wait_until_over(shot_id).row
        assert (row.state, row.done_count, row.failed_count) == (ShotState.COMPLETED, 4, 0)


def test_what_processes_say_is_found_at_the_broker(tmp_path: Path) -> None:
    with running_farm(tmp_path) as farm:
        farm.start_node("anvil", fail=[1], fail_message="Error: no camera")
        farm.submit(farm.blend(), frames="1")
        wait_for(lambda: "A frame failed." in said(farm, WARNINGS), "the node tells of the failure")
        assert "The node starts." in said(farm, "node.anvil")
        wait_for(lambda: "The scheduler starts." in said(farm, "scheduler"), "the scheduler speaks")
        farm.kill("anvil")
        wait_for(lambda: "A node fell silent." in said(farm, "scheduler"), "the scheduler notices")
