"""How a node ends: its frames first, then the rest back, and never held up."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from brender_farm import wire
from tests.waiting import wait_for

STUCK = """
import threading
from workers.departure import Departure
threading.Thread(target=threading.Event().wait).start()
departure = Departure(lambda was_told_again: None)
departure.finish()
print("never here")
"""


def at_a_frame(node, order):
    return lambda: (
        (claim := node.claims.running().get(order.chunk_id)) is not None and claim.frame is not None
    )


def test_a_frame_may_finish_within_the_grace_time(start_node, farm_side, render):
    node = start_node()
    node._grace_s = 30.0
    order = farm_side.order(farm_side.blend(seconds=1), "1-9")
    render(node, order)
    wait_for(at_a_frame(node, order), "Blender is at a frame")
    node.stop()
    end = farm_side.ended(order)
    assert (end.returned, end.reason) == (True, "The node is stopping.")
    assert farm_side.done() == [1]
    assert farm_side.heartbeat().leaving


def test_after_the_grace_time_the_frame_goes_back_unblamed(start_node, farm_side, render):
    node = start_node()
    order = farm_side.order(farm_side.blend(seconds=60), "1-9")
    render(node, order)
    wait_for(at_a_frame(node, order), "Blender is at a frame")
    node.stop()
    assert farm_side.ended(order).returned
    assert farm_side.of(wire.FrameFailed) == []


def test_being_told_again_ends_the_grace_time(start_node, farm_side, render):
    node = start_node()
    node._grace_s = 600.0
    order = farm_side.order(farm_side.blend(seconds=600), "1-9")
    render(node, order)
    wait_for(at_a_frame(node, order), "Blender is at a frame")
    again = threading.Event()
    stopping = threading.Thread(target=node.stop, args=(again.is_set,))
    stopping.start()
    wait_for(lambda: not farm_side.heartbeat().accepting, "the farm hears that it takes no more")
    assert farm_side.of(wire.ChunkEnded) == []

    began = time.monotonic()
    again.set()
    stopping.join(30)

    assert time.monotonic() - began < 3
    assert farm_side.ended(order).returned


def test_a_chunk_that_comes_while_the_node_stops_goes_back(start_node, farm_side):
    node = start_node()
    node.claims.wind_down()
    order = farm_side.order(farm_side.blend())
    node.render(wire.write(order))
    assert farm_side.ended(order).returned
    assert farm_side.of(wire.ChunkStarted) == []


def test_a_blender_that_will_not_start_does_not_keep_the_node(
    start_node, farm_side, render, monkeypatch
):
    monkeypatch.setenv("FAKE_BLENDER", '{"start_seconds": 8}')
    node = start_node()
    order = farm_side.order(farm_side.blend())
    render(node, order)
    wait_for(lambda: farm_side.of(wire.ChunkStarted), "the chunk has begun")
    began = time.monotonic()
    node.stop()
    assert time.monotonic() - began < 5
    assert farm_side.ended(order).returned


def test_a_stuck_thread_does_not_keep_the_process():
    ended = subprocess.run(
        [sys.executable, "-c", STUCK], timeout=30, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "")
