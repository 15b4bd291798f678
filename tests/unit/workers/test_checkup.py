"""A node that is asked how it is: it answers beside its work, once, and not too late."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brender_farm.broker.board import CHECKUPS, Board
from brender_farm.broker.link import connect
from brender_farm.config import Settings
from brender_farm.domain.markers import marker_name, new_token
from brender_farm.version import VERSION
from brender_farm.wire_checkup import CheckupAnswer, CheckupOrder, RootOrder
from tests.unit.workers.conftest import FarmSide
from tests.waiting import wait_for
from workers.checkup import clock_ahead_s, examine_here
from workers.node import Node


def order(board: Board, *roots: Path, ago_s: float = 0.0, **changes: Any) -> CheckupOrder:
    values = {"checkup": new_token(), "limit_s": 60.0, "render": True}
    return CheckupOrder(
        asked_at_s=board.clock_s() - ago_s,
        roots=[
            RootOrder(
                farm=str(root),
                linux=str(root),
                macos=str(root),
                windows=str(root),
                marker=new_token(),
            )
            for root in roots
        ],
        **(values | changes),
    )


def answer(board: Board, asked: CheckupOrder) -> CheckupAnswer:
    return wait_for(lambda: board.take_checkups(asked.checkup), "the node has answered")[0]


def test_a_node_says_what_it_sees_and_renders(node: Node, farm_side: FarmSide) -> None:
    asked = order(farm_side.board, farm_side.folder)
    (farm_side.folder / marker_name(str(asked.roots[0].marker))).write_text("c" * 32)
    assert node.checkups.begin(asked)
    told = answer(farm_side.board, asked)
    assert (told.brender, told.blenders) == (VERSION, ["4.5.0"])
    assert abs(told.clock_ahead_s or 0.0) < 1
    assert [(root.is_there, root.is_writable, root.found) for root in told.roots] == [
        (True, True, "c" * 32)
    ]
    assert [frame.trouble for frame in told.frames] == [""]


def test_the_node_goes_on_rendering_meanwhile(
    node: Node, farm_side: FarmSide, render: Callable[..., Any]
) -> None:
    chunk = farm_side.order(farm_side.blend(seconds=0.3), "1-4")
    render(node, chunk)
    wait_for(farm_side.done, "a frame is done")
    asked = order(farm_side.board)
    node.checkups.begin(asked)
    assert [frame.trouble for frame in answer(farm_side.board, asked).frames] == [""]
    farm_side.ended(chunk)
    assert farm_side.done() == [1, 2, 3, 4]


def test_a_node_that_is_asked_not_to_render_does_not(node: Node, farm_side: FarmSide) -> None:
    asked = order(farm_side.board, render=False)
    node.checkups.begin(asked)
    told = answer(farm_side.board, asked)
    assert (told.frames, told.not_tried, told.blenders) == ([], "", ["4.5.0"])


def test_an_order_that_comes_late_is_not_answered(node: Node, farm_side: FarmSide) -> None:
    late = order(farm_side.board, ago_s=100, render=False)
    asked = order(farm_side.board, render=False)
    node.checkups.begin(late)
    node.checkups.begin(asked)  # in turn: when this one is answered, the other was looked at
    answer(farm_side.board, asked)
    assert farm_side.board.take_checkups(late.checkup) == []


def test_too_many_checks_at_once_are_refused(
    node: Node, farm_side: FarmSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [order(farm_side.board, render=False) for _ in range(6)]
    with node.checkups._turn:  # one is under way
        begun = [node.checkups.begin(asked) for asked in orders]
    assert begun == [True] * 4 + [False] * 2
    for asked in orders[:4]:
        answer(farm_side.board, asked)


def test_an_answer_goes_by_itself(node: Node, farm_side: FarmSide, broker_url: str) -> None:
    asked = order(farm_side.board, render=False)
    node.checkups.begin(asked)
    with connect(broker_url) as client:
        key = f"{CHECKUPS}{asked.checkup}"
        wait_for(lambda: client.exists(key), "the answer is there")
        assert 0 < client.ttl(key) <= 300


@pytest.mark.parametrize(
    "text",
    [b"", b"{}", b"[" * 9000, b'"x"', b"x" * 500_000],
    ids=["empty", "{}", "deep", "text", "long"],
)
def test_what_is_no_answer_is_left_out(farm_side: FarmSide, broker_url: str, text: bytes) -> None:
    token = new_token()
    with connect(broker_url) as client:
        client.rpush(f"{CHECKUPS}{token}", text)
    assert farm_side.board.take_checkups(token) == []


def test_a_machine_whose_node_does_not_run_is_looked_at_all_the_same(
    settings: Settings, farm_side: FarmSide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_BLENDER", json.dumps({}))
    asked = order(farm_side.board, farm_side.folder, render=False)
    (farm_side.folder / marker_name(str(asked.roots[0].marker))).write_text("c" * 32)
    told = examine_here(asked, settings, tmp_path / "temp", board=None)
    assert (told.node, told.clock_ahead_s) == (settings.node_name, None)
    assert [root.is_writable for root in told.roots] == [True]


def test_a_machine_without_blender_says_so(
    settings: Settings, farm_side: FarmSide, tmp_path: Path
) -> None:
    from dataclasses import replace

    without = replace(settings, blender=str(tmp_path / "nowhere"))
    told = examine_here(order(farm_side.board), without, tmp_path / "temp", board=None)
    assert "there is no such file" in told.blender_trouble
    assert told.frames == []


def test_a_clock_is_compared_with_the_brokers(farm_side: FarmSide) -> None:
    import time

    assert clock_ahead_s(farm_side.board, lambda: time.time() + 90) == pytest.approx(90, abs=1)
    slow = iter([0.0, 5.0])
    assert clock_ahead_s(farm_side.board, lambda: next(slow)) is None
