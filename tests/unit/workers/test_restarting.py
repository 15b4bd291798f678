"""Starting a node's Blenders anew: nothing of its work is lost by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brender_farm import wire
from brender_farm.config import Settings
from tests.unit.workers.conftest import FarmSide
from tests.waiting import wait_for
from workers.node import Node

ORDERS = ("2030-01-01T00:00:00.000000+00:00", "2030-01-01T00:00:01.000000+00:00")


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "journal"
    monkeypatch.setenv("FAKE_BLENDER_JOURNAL", str(path))
    return path


def pids_by_frame(journal: Path) -> dict[int, int]:
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    return {line["frame"]: line["pid"] for line in lines}


def idle_pids(node: Node) -> set[int]:
    return {session.pid for session in node.sessions._idle}


def test_blenders_that_idle_are_replaced_at_once(start_node: Callable[..., Node]) -> None:
    node = start_node(warm=True, slots=2)
    wait_for(lambda: len(idle_pids(node)) == 2, "both Blenders are warm")
    before = idle_pids(node)
    node.restart_blenders(ORDERS[0])
    after = wait_for(
        lambda: idle_pids(node) if len(idle_pids(node) - before) == 2 else None,
        "two new ones are warm",
    )
    assert not before & after
    assert len(node.sessions._all) == 2


def test_a_chunk_goes_on_in_a_new_blender_after_its_frame(
    start_node: Callable[..., Node],
    farm_side: FarmSide,
    render: Callable[..., Any],
    journal: Path,
) -> None:
    node = start_node(warm=True)
    order = farm_side.order(farm_side.blend(seconds=0.4), "1-5")
    render(node, order)
    wait_for(lambda: farm_side.done() == [1], "the first frame is done")
    node.restart_blenders(ORDERS[0])
    end = farm_side.ended(order)
    assert (end.returned, end.reason, farm_side.of(wire.FrameFailed)) == (False, "", [])
    assert sorted(farm_side.done()) == [1, 2, 3, 4, 5]
    pids = pids_by_frame(journal)
    assert len(set(pids.values())) == 2
    assert pids[1] == pids[2] != pids[5]  # the frame it was at was finished by the old one


def test_an_order_is_obeyed_once_by_whatever_way_it_comes(
    start_node: Callable[..., Node], farm_side: FarmSide
) -> None:
    node = start_node(warm=True)
    wait_for(lambda: idle_pids(node), "Blender is warm")
    wait_for(lambda: node._heart._was_answered, "the farm has answered once")
    before = idle_pids(node)
    farm_side.board.replace_restarts({farm_side.heartbeat().node: ORDERS[0]})
    node._heart.beat()
    after = wait_for(lambda: idle_pids(node) - before, "a new Blender is warm")
    node.restart_blenders(ORDERS[0])
    node._heart.beat()
    assert idle_pids(node) == after


def test_an_order_that_comes_late_is_not_obeyed_after_a_later_one(
    start_node: Callable[..., Node],
) -> None:
    node = start_node(warm=True)
    wait_for(lambda: idle_pids(node), "Blender is warm")
    before = idle_pids(node)
    node.restart_blenders(ORDERS[1])
    after = wait_for(lambda: idle_pids(node) - before, "a new Blender is warm")
    node.restart_blenders(ORDERS[0])
    assert idle_pids(node) == after


def test_an_order_from_before_the_nodes_start_is_obeyed_already(
    start_node: Callable[..., Node], farm_side: FarmSide, settings: Settings
) -> None:
    farm_side.board.replace_restarts({settings.node_name: ORDERS[0]})
    node = start_node(warm=True)
    wait_for(lambda: idle_pids(node), "Blender is warm")
    before = idle_pids(node)
    node._heart.beat()
    assert idle_pids(node) == before
