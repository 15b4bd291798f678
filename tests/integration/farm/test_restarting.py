"""A node's Blenders started anew by the farm's order, while it renders."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import psutil
import pytest

from brender_farm.domain.states import ChunkState, ShotState
from brender_farm.service import nodes, shots
from tests.farm import Farm, running_farm
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("farm-restarting")


def blenders_of(farm: Farm, node: str) -> set[int]:
    """Return the pids of the Blenders that a node's process has started."""
    found = set()
    for child in psutil.Process(farm.pid(node)).children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it has just ended
            if any("inside.py" in word for word in child.cmdline()):
                found.add(child.pid)
    return found


def test_a_restart_changes_the_blender_and_loses_nothing(tmp_path: Path) -> None:
    with running_farm(tmp_path, FAKE_BLENDER_JOURNAL=str(tmp_path / "journal")) as farm:
        farm.start_node("anna")
        shot = farm.submit(farm.blend(seconds=0.3), frames="1-12", chunk_size=12)
        farm.wait_for_frames(shot, 2)
        before = blenders_of(farm, "anna")
        assert before
        with farm.core.app_context():
            nodes.restart_blenders(farm.node("anna").id, actor="mira")
        wait_for(lambda: blenders_of(farm, "anna") - before, "a new Blender renders", limit_s=10)
        wait_for(lambda: not blenders_of(farm, "anna") & before, "the old one has ended")
        detail = farm.wait_until_over(shot)
        assert (detail.row.state, detail.row.done_count) == (ShotState.COMPLETED, 12)
        with farm.core.app_context():
            [chunk] = shots.shot_chunks(shot)
            cells = shots.shot_frames(shot).cells
        assert chunk.state is ChunkState.DONE
        assert sum(cell.tries for cell in cells) == 0
        lines = [json.loads(line) for line in (tmp_path / "journal").read_text().splitlines()]
        assert [line["frame"] for line in lines] == list(range(1, 13))  # none was rendered twice
        assert len({line["pid"] for line in lines}) == 2


def test_a_node_that_was_cut_off_obeys_when_it_is_back(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    wait_for(lambda: blenders_of(farm, "anna"), "Blender is warm")
    before = blenders_of(farm, "anna")
    farm.end("broker")
    with farm.core.app_context():
        nodes.restart_blenders(farm.node("anna").id, actor="mira")
    farm.start("broker")
    wait_for(
        lambda: blenders_of(farm, "anna") and not blenders_of(farm, "anna") & before,
        "a new Blender is warm",
        limit_s=30,
    )
