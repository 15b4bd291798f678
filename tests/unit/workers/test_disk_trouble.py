"""A disk that takes nothing is no fault of a frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from brender_farm import wire
from tests.waiting import wait_for


@pytest.fixture
def on_small_disk(start_node, farm_side, small_disk):
    """Return a node, and a way to order chunks whose frames go to a disk of 3 MB."""

    def order(blend, frames="1"):
        return farm_side.order(blend, frames, output=small_disk.name)

    return start_node(), order


def fill(disk: Path, left: int = 0) -> Path:
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(3 * 1024 * 1024 - left))
    return ballast


def test_a_full_disk_gives_the_chunk_back_and_is_told_of(on_small_disk, farm_side, small_disk):
    node, make_order = on_small_disk
    order = make_order(farm_side.blend(seconds=0.2), "1-9")
    fill(small_disk, left=16384)  # room for a frame or two
    node.render(wire.write(order))

    end = farm_side.ended(order)
    assert end.returned
    assert f"{small_disk} is full" in end.reason
    assert farm_side.of(wire.FrameFailed) == []
    (unwell,) = farm_side.heartbeat().unwell
    assert (unwell.folder, unwell.reason) == (str(small_disk), end.reason)


def test_while_a_folder_is_unwell_its_chunks_go_back_at_once(on_small_disk, farm_side, small_disk):
    node, make_order = on_small_disk
    ballast = fill(small_disk)
    first = make_order(farm_side.blend())
    node.render(wire.write(first))
    assert farm_side.ended(first).returned
    second = make_order(farm_side.blend())
    node.render(wire.write(second))
    end = farm_side.ended(second)
    assert end.returned
    assert str(small_disk) in end.reason
    assert second.chunk_id not in [item.chunk_id for item in farm_side.of(wire.ChunkStarted)]

    ballast.unlink()

    wait_for(lambda: farm_side.heartbeat().unwell == [], "the folder is well again")
    third = make_order(farm_side.blend())
    node.render(wire.write(third))
    assert not farm_side.ended(third).returned
    assert farm_side.done() == [1]


def test_other_folders_are_rendered_to_meanwhile(on_small_disk, farm_side, small_disk):
    node, make_order = on_small_disk
    fill(small_disk)
    bad, good = make_order(farm_side.blend()), farm_side.order(farm_side.blend("good"))
    node.render(wire.write(bad))
    node.render(wire.write(good))
    assert farm_side.ended(bad).returned
    assert not farm_side.ended(good).returned


def test_a_folder_that_is_not_mounted_here_is_not_made(node, farm_side):
    order = farm_side.order(farm_side.blend())
    Path(order.output_dir).rmdir()
    node.render(wire.write(order))
    end = farm_side.ended(order)
    assert end.returned
    assert "Check that the storage is mounted here" in end.reason
    assert not Path(order.output_dir).exists()


def test_a_frame_that_fails_on_a_sound_disk_is_to_blame(on_small_disk, farm_side):
    node, make_order = on_small_disk
    order = make_order(farm_side.blend(fail=[1]), "1-2")
    node.render(wire.write(order))
    assert not farm_side.ended(order).returned
    assert [item.frame for item in farm_side.of(wire.FrameFailed)] == [1]
    assert farm_side.done() == [2]


def test_a_node_whose_own_disk_is_full_still_reports(start_node, farm_side, small_disk, settings):
    node = start_node(data_dir=small_disk / "data")
    fill(small_disk)
    order = farm_side.order(farm_side.blend(), "1-3")
    node.render(wire.write(order))
    assert not farm_side.ended(order).returned
    assert farm_side.done() == [1, 2, 3]
    assert replace(settings, data_dir=small_disk / "data").node_dir.is_dir()
