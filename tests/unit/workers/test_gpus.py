"""The node finds out what Cycles can render on, and tells the farm."""

from __future__ import annotations

import json

import pytest

from brender_farm import wire
from tests.waiting import wait_for
from workers import node as node_module
from workers.gpus import GpuSearch


@pytest.fixture
def with_cards(monkeypatch):
    monkeypatch.setenv("FAKE_BLENDER", json.dumps({"gpus": ["L40", "L40"]}))


def cards_are_told(farm_side):
    def told():
        beats = farm_side.board.heartbeats()
        return bool(beats) and beats[0].facts.gpus == ["L40", "L40"]

    wait_for(told, "the farm has heard of the cards")


def test_a_warm_node_asks_the_blender_that_it_starts_anyway(with_cards, start_node, farm_side):
    node = start_node(slots=2, warm=True)
    cards_are_told(farm_side)
    assert len(node.sessions._all) <= 2


def test_a_cold_node_asks_once_and_keeps_no_blender(with_cards, start_node, farm_side, monkeypatch):
    monkeypatch.setattr(node_module, "may_have_gpu", lambda: True)
    node = start_node(warm=False)
    cards_are_told(farm_side)
    wait_for(lambda: not node.sessions._all, "the Blender is gone")


def test_a_cold_node_without_a_driver_starts_no_blender(start_node, farm_side, monkeypatch):
    monkeypatch.setattr(node_module, "may_have_gpu", lambda: False)
    node = start_node(warm=False)
    wait_for(farm_side.board.heartbeats, "the node lives")
    assert not node.sessions._all
    assert farm_side.heartbeat().facts.gpus == []


def test_a_driver_that_takes_blender_down_costs_the_cards_and_not_the_node(
    start_node, farm_side, monkeypatch
):
    monkeypatch.setenv("FAKE_BLENDER", json.dumps({"gpus": ["L40"], "gpus_crash": True}))
    node = start_node(warm=False)
    order = farm_side.order(farm_side.blend(), "1-2")
    node.render(wire.write(order))
    farm_side.ended(order)
    assert farm_side.done() == [1, 2]
    assert farm_side.heartbeat().facts.gpus == []


def test_only_the_first_blender_is_asked():
    asked = []

    class Session:
        def gpus(self):
            asked.append(self)
            return ["L40"]

    told = []
    search = GpuSearch(told.append)
    for _ in range(3):
        search.ask(Session())  # type: ignore[arg-type]
    assert (len(asked), told) == (1, [["L40"]])


def test_the_pool_is_told(start_node, farm_side):
    start_node(pool="film")
    wait_for(farm_side.board.heartbeats, "the node lives")
    assert farm_side.heartbeat().facts.pool == "film"
