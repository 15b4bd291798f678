"""One chunk on a node: begun behind its fences, given back when nobody is to blame."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from brender_farm import wire
from tests.waiting import wait_for

BIG = 1_000_000_000


def drafts_of(order: wire.ChunkOrder) -> Path:
    return Path(order.output_dir) / ".brender" / str(order.chunk_id)


def rendering(node, order):
    """Wait until Blender is at a frame of this chunk."""
    return wait_for(
        lambda: (
            (claim := node.claims.running().get(order.chunk_id)) is not None
            and claim.frame is not None
            and drafts_of(order).exists()
        ),
        "Blender is at a frame",
    )


def test_a_chunk_is_rendered_and_leaves_nothing_but_its_frames(node, farm_side):
    order = farm_side.order(farm_side.blend(), "1-3")
    node.render(wire.write(order))
    end = farm_side.ended(order)
    assert (end.returned, end.reason, end.blend_changed) == (False, "", False)
    assert farm_side.done() == [1, 2, 3]
    output = Path(order.output_dir)
    assert sorted(path.name for path in output.glob("*.png")) == [f"000{n}.png" for n in (1, 2, 3)]
    assert [path.name for path in (output / ".brender").iterdir()] == ["logs"]


def test_the_fences_are_up_before_a_chunk_is_said_to_have_started(node, farm_side):
    stale = Path(farm_side.order(farm_side.blend()).output_dir) / ".brender" / "900"
    stale.mkdir(parents=True)
    order = farm_side.order(farm_side.blend(), fences=[900, 901])
    fence_up = []
    post = node.outbox.post

    def notice(item):
        if isinstance(item, wire.ChunkStarted):
            fence_up.append(not stale.exists() and drafts_of(order).exists())
        post(item)

    node.outbox.post = notice
    node.render(wire.write(order))
    farm_side.ended(order)
    assert fence_up == [True]
    (began,) = farm_side.of(wire.ChunkStarted)
    assert (began.chunk_id, began.boot) == (order.chunk_id, node.boot)
    assert 0 <= began.age_s < 60  # it waited for company


def test_a_chunk_whose_fence_cannot_be_raised_goes_back_unstarted(node, farm_side):
    order = farm_side.order(farm_side.blend(), fences=[900])
    (Path(order.output_dir) / ".brender").touch()  # a file: nothing in it can be removed
    node.render(wire.write(order))
    end = farm_side.ended(order)
    assert end.returned
    assert order.output_dir in end.reason
    assert farm_side.of(wire.ChunkStarted) == farm_side.of(wire.FrameFailed) == []
    assert [one.folder for one in farm_side.heartbeat().unwell] == [order.output_dir]


def test_a_chunk_that_was_begun_before_goes_back(node, farm_side):
    order = farm_side.order(farm_side.blend())
    drafts_of(order).mkdir(parents=True)
    node.render(wire.write(order))
    assert "begun before" in farm_side.ended(order).reason


def test_a_fenced_chunk_stops_without_a_word(node, farm_side, render):
    order = farm_side.order(farm_side.blend(seconds=0.5), "1-3")
    thread = render(node, order)
    rendering(node, order)

    farm_side.board.remove_live([order.chunk_id])
    shutil.rmtree(drafts_of(order))

    thread.join(30)
    assert not thread.is_alive()
    assert node.outbox.close(10)
    assert [type(item) for item in farm_side.items] == [wire.ChunkStarted]
    assert list(Path(order.output_dir).glob("*.png")) == []
    assert not drafts_of(order).exists()


def test_a_live_chunk_whose_drafts_were_removed_goes_back(node, farm_side, render):
    order = farm_side.order(farm_side.blend(seconds=0.5), "1-3")
    render(node, order)
    rendering(node, order)
    shutil.rmtree(drafts_of(order))
    end = farm_side.ended(order)
    assert end.returned
    assert "was removed while this chunk rendered into it" in end.reason
    assert farm_side.of(wire.FrameFailed) == []


def test_a_failed_frame_brings_blenders_last_lines(node, farm_side):
    order = farm_side.order(farm_side.blend(fail=[2], log_bytes=4000), "1-3")
    node.render(wire.write(order))
    farm_side.ended(order)
    (failed,) = farm_side.of(wire.FrameFailed)
    assert (failed.frame, failed.reason) == (2, "Render failed")
    assert 0 < len(failed.tail) <= 4000
    assert "Updating Objects" in failed.tail
    assert farm_side.done() == [1, 3]


@pytest.mark.parametrize("damage", ["truncate", "no_file"])
def test_an_unproven_frame_fails_with_blenders_last_lines(node, farm_side, damage):
    order = farm_side.order(farm_side.blend(**{damage: [1]}), "1-2")
    node.render(wire.write(order))
    farm_side.ended(order)
    (failed,) = farm_side.of(wire.FrameFailed)
    assert failed.frame == 1
    assert "Sample 4/4" in failed.tail
    assert farm_side.done() == [2]


def test_a_log_that_cannot_be_written_costs_no_frame(node, farm_side):
    order = farm_side.order(farm_side.blend(), "1-2")
    (Path(order.output_dir) / ".brender").mkdir()
    (Path(order.output_dir) / ".brender" / "logs").touch()
    node.render(wire.write(order))
    farm_side.ended(order)
    assert farm_side.done() == [1, 2]


def test_another_file_than_the_submitted_one_is_nobodys_fault(node, farm_side):
    blend = farm_side.blend()
    order = farm_side.order(blend, "1-3")
    blend.write_bytes(b"BLENDER-v405 other")
    node.render(wire.write(order))
    end = farm_side.ended(order)
    assert (end.returned, end.blend_changed) == (True, True)
    assert f"{blend} is not the file that was submitted" in end.reason
    assert farm_side.of(wire.FrameFailed) == []


def test_other_bytes_of_the_same_size_and_time_are_noticed(node, farm_side):
    blend = farm_side.blend("shot")
    order, status = farm_side.order(blend), blend.stat()
    blend.write_bytes(b"BLENDER-v405 shut")
    os.utime(blend, ns=(status.st_atime_ns, status.st_mtime_ns))
    node.render(wire.write(order))
    assert farm_side.ended(order).blend_changed


def test_a_file_that_was_only_touched_is_rendered_by_the_blender_that_has_it_open(node, farm_side):
    blend = farm_side.blend()
    first = farm_side.order(blend)
    node.render(wire.write(first))
    farm_side.ended(first)
    (session,) = node.sessions._all
    os.utime(blend, ns=(1, 1))

    second = farm_side.order(blend, "2")
    node.render(wire.write(second))

    farm_side.ended(second)
    assert farm_side.done() == [1, 2]
    assert (set(node.sessions._all), session.opened_count) == ({session}, 1)


def test_a_file_that_cannot_be_read_fails_its_frame(node, farm_side):
    blend = farm_side.blend()
    order = farm_side.order(blend)
    blend.unlink()
    node.render(wire.write(order))
    farm_side.ended(order)
    (failed,) = farm_side.of(wire.FrameFailed)
    assert failed.permanent
    assert "cannot be read on this node" in failed.reason


def test_a_chunk_told_to_finish_ends_after_its_frame(node, farm_side, render):
    order = farm_side.order(farm_side.blend(seconds=0.3), "1-9")
    render(node, order)
    rendering(node, order)
    node.finish_chunks([order.chunk_id])
    end = farm_side.ended(order)
    assert end.returned
    assert farm_side.done() in ([1], [1, 2])


def test_a_finished_chunk_is_not_a_returned_one(node, farm_side, render):
    order = farm_side.order(farm_side.blend(seconds=0.3), "1")
    render(node, order)
    rendering(node, order)
    node.finish_chunks([order.chunk_id])
    end = farm_side.ended(order)
    assert (end.returned, end.reason) == (False, "")
