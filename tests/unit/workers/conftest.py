"""A node in the test's process: real files, broker and fake Blender; no Celery, no scheduler."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from brender_farm import wire
from brender_farm.blendfile.digest import digest_of
from brender_farm.broker.board import Board
from brender_farm.broker.link import connect
from brender_farm.config import Settings
from tests.waiting import wait_for
from workers.node import Node

FAKE_BLENDER = Path(__file__).parents[2] / "fake_blender" / "blender"


class FarmSide:
    """What the farm would see of one node: its reports and heartbeats. Makes its chunks."""

    def __init__(self, folder: Path, board: Board) -> None:
        self.folder = folder
        self.board = board
        self.items: list[wire.ReportItem] = []
        self.takes_reports = True
        self._last_id = 0
        board.replace_live([])

    def send_task(self, name: str, *, args: list[Any], **_: Any) -> None:
        """Take a report, as the node's Celery app would."""
        if not self.takes_reports:
            raise OSError("the broker is away")
        self.items += wire.read(wire.Report, args[0]).items

    def blend(self, name: str = "shot", **behaviour: Any) -> Path:
        """Put a .blend into the folder that makes the fake Blender behave as told."""
        path = self.folder / f"{name}.blend"
        path.write_bytes(b"BLENDER-v405 " + name.encode())
        Path(f"{path}.fake.json").write_text(json.dumps(behaviour))
        return path

    def order(self, blend: Path, frames: str = "1", output: str = "out", **more: Any) -> Any:
        """Return the order for a new chunk, which is live from now on."""
        self._last_id += 1
        state = digest_of(blend)
        output_dir = self.folder / output
        output_dir.mkdir(exist_ok=True)
        self.board.add_live([self._last_id])
        return wire.ChunkOrder(
            chunk_id=self._last_id,
            shot_id=1,
            shot_name="shot",
            frames=frames,
            scene=wire.SceneOrder(
                blend=str(blend),
                size_bytes=state.byte_count,
                mtime_ns=state.mtime_ns,
                ctime_ns=state.ctime_ns,
                digest=state.digest,
                scene="Scene",
                format="PNG",
            ),
            output_dir=str(output_dir),
            padding=4,
            **more,
        )

    def of(self, kind: type) -> list[Any]:
        return [item for item in self.items if isinstance(item, kind)]

    def ended(self, order: wire.ChunkOrder) -> wire.ChunkEnded:
        """Wait for the end of a chunk and return what was said of it."""
        found = wait_for(
            lambda: [end for end in self.of(wire.ChunkEnded) if end.chunk_id == order.chunk_id],
            f"chunk {order.chunk_id} has ended: {self.items}",
        )
        return found[0]

    def done(self) -> list[int]:
        return [item.frame for item in self.of(wire.FrameDone)]

    def heartbeat(self) -> wire.Heartbeat:
        return self.board.heartbeats()[0]


@pytest.fixture
def farm_side(tmp_path: Path, broker_url: str) -> Iterator[FarmSide]:
    with connect(broker_url) as client:
        yield FarmSide(tmp_path.resolve(), Board(client))


@pytest.fixture
def start_node(
    settings: Settings, farm_side: FarmSide, broker_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Node]]:
    """Return a way to start a node that lives as long as the test."""
    monkeypatch.setenv("FAKE_BLENDER_PYTHON", sys.executable)
    nodes = []

    def start(**changes: Any) -> Node:
        usual = {"blender": str(FAKE_BLENDER), "grace_s": 0.0}
        wanted = replace(settings, **(usual | changes))
        # Its own connection: the test's is used by the test's thread.
        node = Node(wanted, farm_side, Board(connect(broker_url)))  # type: ignore[arg-type]
        node.start()
        nodes.append(node)
        return node

    yield start
    for node in nodes:
        node.stop()


@pytest.fixture
def node(start_node: Callable[..., Node]) -> Node:
    return start_node()


@pytest.fixture
def render(farm_side: FarmSide) -> Iterator[Callable[[Node, wire.ChunkOrder], threading.Thread]]:
    """Return a way to have a node render a chunk on a thread of its own."""
    threads = []

    def render(node: Node, order: wire.ChunkOrder) -> threading.Thread:
        thread = threading.Thread(target=node.render, args=(wire.write(order),))
        thread.start()
        threads.append(thread)
        return thread

    yield render
    for thread in threads:
        thread.join(60)
