"""Nodes that are told to end, fall asleep and wake, or cannot write: nobody is blamed."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from brender_farm.db.core import db
from brender_farm.db.models import Node
from brender_farm.domain.states import ChunkState, ShotState
from brender_farm.service import shots
from brender_farm.service.shapes.frames import ChunkRow
from tests.farm import Farm
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("farm-node-ending")


def chunks_of(farm: Farm, shot: int) -> tuple[ChunkRow, ...]:
    with farm.core.app_context():
        return shots.shot_chunks(shot, limit=1000)


def wait_until_renders(farm: Farm, node: str) -> None:
    wait_for(
        lambda: any(work.frame is not None for work in farm.node(node).work), f"{node} renders"
    )


def accepts(farm: Farm, node: str) -> bool:
    """Tell whether a node's last heartbeat said that it takes chunks."""
    with farm.core.app_context():
        accepting: bool = db.session.execute(
            select(Node.accepting).where(Node.name == node)
        ).scalar_one()
        db.session.remove()
    return accepting


def failures(farm: Farm, shot: int) -> int:
    with farm.core.app_context():
        return sum(cell.tries for cell in shots.shot_frames(shot).cells)


def test_a_frame_that_is_nearly_through_is_finished_first(own_farm: Farm) -> None:
    farm = own_farm
    farm.env["BRENDER_GRACE_S"] = "30"
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=4), frames="1-5", chunk_size=5)
    wait_until_renders(farm, "anna")

    assert farm.end("anna") == 0

    assert farm.files(shot) == ["0001.png"]
    wait_for(lambda: chunks_of(farm, shot)[0].state is ChunkState.RETURNED, "the rest came back")
    row = farm.shot(shot).row
    assert (row.done_count, row.pending_count, row.failed_count) == (1, 4, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl+C"])
def test_a_second_signal_ends_the_node_at_once(own_farm: Farm, number: int) -> None:
    farm = own_farm
    farm.env["BRENDER_GRACE_S"] = "600"
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=600), frames="1-5", chunk_size=5)
    wait_until_renders(farm, "anna")
    farm.kill("anna", number)
    wait_for(lambda: not accepts(farm, "anna"), "the farm hears of it")
    assert chunks_of(farm, shot)[0].state is ChunkState.RENDERING

    began = time.monotonic()
    farm.kill("anna", number)
    assert farm.processes.pop("anna").wait(30) == 0

    assert time.monotonic() - began < 3
    wait_for(lambda: chunks_of(farm, shot)[0].state is ChunkState.RETURNED, "the chunk came back")
    row = farm.shot(shot).row
    assert (row.pending_count, row.failed_count, failures(farm, shot)) == (5, 0, 0)
    wait_for(lambda: not farm.node("anna").online, "the node said good-bye", limit_s=5)


def test_a_node_that_wakes_publishes_nothing_of_what_others_have_now(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=2), frames="1-3", chunk_size=3)
    wait_until_renders(farm, "anna")
    stale = chunks_of(farm, shot)[0].id
    farm.kill("anna", signal.SIGSTOP)
    wait_for(lambda: not farm.node("anna").online, "anna is offline", limit_s=30)
    farm.start_node("bert")
    wait_for(
        lambda: any(c.node == "bert" and c.done_count for c in chunks_of(farm, shot)),
        "bert has rendered what anna had",
    )

    farm.kill("anna", signal.SIGCONT)

    detail = farm.wait_until_over(shot)
    assert detail.row.state is ShotState.COMPLETED
    wait_for(lambda: farm.node("anna").online and not farm.node("anna").work, "anna is free again")
    by_chunk = {chunk.id: chunk for chunk in chunks_of(farm, shot)}
    assert by_chunk[stale].state is ChunkState.LOST
    assert sum(chunk.done_count for chunk in by_chunk.values()) == 3
    published = {path: path.stat().st_mtime_ns for path in Path(detail.output_dir).glob("*.png")}
    assert len(published) == 3
    wait_for(lambda: farm.drafts(shot) == [], "no unproven frame is left")
    other = farm.submit(farm.blend(), frames="1-4", chunk_size=1)
    farm.wait_until_over(other)
    assert {path: path.stat().st_mtime_ns for path in published} == published


@pytest.fixture
def small_disk(own_farm: Farm) -> Iterator[Path]:
    """Return a folder on a disk of 3 MB under the farm's root, where one can be mounted."""
    folder = own_farm.folder / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk of 3 MB cannot be mounted here (root is needed)")
    yield folder
    with contextlib.suppress(subprocess.SubprocessError):
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_fails_nothing_and_the_shot_goes_on_when_there_is_room(
    own_farm: Farm, small_disk: Path
) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(
        farm.blend(seconds=0.1), frames="1-40", chunk_size=10, output=str(small_disk / "out")
    )
    farm.wait_for_frames(shot, 2)
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb") as file:
        file.write(bytes(4_000_000))

    wait_for(lambda: farm.node("anna").unwell, "the node says that it cannot write there")
    other = farm.submit(farm.blend(), frames="1-3")
    assert farm.wait_until_over(other).row.state is ShotState.COMPLETED
    wait_for(lambda: farm.shot(shot).row.rendering_count == 0, "nothing of it renders")

    ballast.unlink()

    assert farm.wait_until_over(shot).row.state is ShotState.COMPLETED
    assert failures(farm, shot) == 0
    assert len(farm.files(shot)) == 40
