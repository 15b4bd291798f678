"""Renders that may not go on: over their shot's limits, or about to use up the machine's memory."""

from __future__ import annotations

from brender_farm import wire
from tests.waiting import wait_for
from workers.stats import Memory

MB = 1_000_000
PLENTY = Memory(available_bytes=50_000 * MB, total_bytes=64_000 * MB)
SHORT = Memory(available_bytes=1000 * MB, total_bytes=64_000 * MB)


def test_a_frame_over_its_time_limit_is_ended_and_the_chunk_goes_on(node, farm_side):
    blend = farm_side.blend(hang=[2])
    order = farm_side.order(blend, "1-3", limits=wire.RenderLimits(frame_s=1))
    node.render(wire.write(order))
    farm_side.ended(order)
    (failed,) = farm_side.of(wire.FrameFailed)
    assert failed.frame == 2
    assert "took longer than its limit of 1 s" in failed.reason
    assert not failed.permanent
    assert sorted(farm_side.done()) == [1, 3]


def test_the_time_limit_is_for_each_frame_and_not_for_the_chunk(node, farm_side):
    blend = farm_side.blend(seconds=0.4)
    order = farm_side.order(blend, "1-5", limits=wire.RenderLimits(frame_s=1.5))
    node.render(wire.write(order))
    farm_side.ended(order)
    assert farm_side.done() == [1, 2, 3, 4, 5]


def test_a_render_over_its_memory_limit_is_ended_for_good(node, farm_side):
    blend = farm_side.blend(grow_bytes=300 * MB, seconds=30)
    order = farm_side.order(blend, "1", limits=wire.RenderLimits(memory_bytes=200 * MB))
    node.render(wire.write(order))
    farm_side.ended(order)
    (failed,) = farm_side.of(wire.FrameFailed)
    assert failed.permanent
    assert "more than the limit of 200 MB" in failed.reason


def test_what_earlier_frames_left_in_blender_is_not_blamed_on_the_next(node, farm_side):
    blend = farm_side.blend(grow_bytes=120 * MB, seconds=1.2)
    order = farm_side.order(blend, "1-3", limits=wire.RenderLimits(memory_bytes=200 * MB))
    node.render(wire.write(order))
    farm_side.ended(order)
    assert farm_side.of(wire.FrameFailed) == []
    assert farm_side.done() == [1, 2, 3]


def test_a_machine_short_of_memory_ends_the_heaviest_render(start_node, farm_side, render):
    node = start_node(slots=2)
    light = farm_side.order(farm_side.blend("light", seconds=3), output="light")
    heavy = farm_side.order(
        farm_side.blend("heavy", seconds=60, grow_bytes=200 * MB), output="heavy"
    )
    render(node, light)
    render(node, heavy)
    sessions = wait_for(
        lambda: [
            rendering.session
            for _, rendering in node.claims.renderings()
            if rendering.session.rss_bytes() > 200 * MB
        ],
        "the heavy one is heavy",
    )

    node.watchdog._read_memory = lambda: SHORT if sessions[0].alive else PLENTY

    farm_side.ended(heavy)
    (failed,) = farm_side.of(wire.FrameFailed)
    assert (failed.chunk_id, failed.short_of_memory, failed.permanent) == (
        heavy.chunk_id,
        True,
        False,
    )
    assert "1,000 MB of 64,000 MB were left, and 2,560 MB must stay free" in failed.reason
    farm_side.ended(light)
    assert farm_side.done() == [1]


def test_idle_blenders_are_ended_before_a_render_is(start_node, farm_side, render):
    node = start_node(slots=2)
    for name in ("one", "two"):
        order = farm_side.order(farm_side.blend(name, seconds=0.3), output=name)
        render(node, order)
    wait_for(lambda: len(farm_side.of(wire.ChunkEnded)) == 2, "both have ended")
    wait_for(lambda: len(node.sessions._idle) == 2, "two Blenders wait for work")
    order = farm_side.order(farm_side.blend("three", seconds=3), output="three")
    render(node, order)
    wait_for(lambda: len(node.sessions._idle) == 1, "one of them renders")

    figures = iter([SHORT])
    node.watchdog._read_memory = lambda: next(figures, PLENTY)

    wait_for(lambda: node.sessions._idle == [], "the idle one is gone")
    farm_side.ended(order)
    assert farm_side.of(wire.FrameFailed) == []
    assert len(farm_side.done()) == 3
