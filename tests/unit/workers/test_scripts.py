"""Python in .blend files runs only where the order and the node's owner let it."""

from __future__ import annotations

import msgspec
import pytest

from brender_farm import wire
from brender_farm.domain.places import log_path


def order_of(farm_side, blend, *, auto_run: bool, frames: str = "1") -> wire.ChunkOrder:
    order = farm_side.order(blend, frames)
    scene = msgspec.structs.replace(order.scene, auto_run=auto_run)
    return msgspec.structs.replace(order, scene=scene)


def render(node, farm_side, order: wire.ChunkOrder) -> int:
    """Render a chunk and return the Blender that is alive afterwards."""
    node.render(wire.write(order))
    farm_side.ended(order)
    (session,) = node.sessions._all
    return session.pid


def ran(blend) -> list[int]:
    """Return the processes in which a file's scripts have run."""
    path = blend.with_name(f"{blend.name}.ran")
    return [int(pid) for pid in path.read_text().split()] if path.exists() else []


def log_of(farm_side, order: wire.ChunkOrder) -> str:
    return log_path(farm_side.folder / "out", order.chunk_id).read_text()


def test_scripts_run_as_the_order_says(node, farm_side):
    blend = farm_side.blend(script="Text: start.py")
    render(node, farm_side, order_of(farm_side, blend, auto_run=False))
    assert ran(blend) == []
    pid = render(node, farm_side, order_of(farm_side, blend, auto_run=True))
    assert ran(blend) == [pid]
    assert farm_side.done() == [1, 1]


def test_a_blender_in_which_scripts_ran_is_not_used_for_anything_else(node, farm_side):
    scripted, other = farm_side.blend(script="x"), farm_side.blend("other")
    first = render(node, farm_side, order_of(farm_side, scripted, auto_run=True))
    again = render(node, farm_side, order_of(farm_side, scripted, auto_run=True, frames="2"))
    assert again == first
    assert ran(scripted) == [first]
    after = render(node, farm_side, order_of(farm_side, other, auto_run=False))
    assert after != first
    assert render(node, farm_side, order_of(farm_side, scripted, auto_run=False)) == after
    assert ran(scripted) == [first]


def test_a_blender_whose_scripted_scene_was_refused_is_ended(node, farm_side):
    blend = farm_side.blend(script="x", open_fails="It is no scene.")
    order = order_of(farm_side, blend, auto_run=True)
    node.render(wire.write(order))
    farm_side.ended(order)
    assert [session.alive for session in node.sessions._all] == []


def test_a_nodes_owner_can_forbid_scripts(start_node, farm_side):
    node = start_node(auto_run="never")
    blend = farm_side.blend(script="Text: start.py")
    order = order_of(farm_side, blend, auto_run=True)
    render(node, farm_side, order)
    assert ran(blend) == []
    assert "Python in the .blend was not run (Text: start.py): this node's" in log_of(
        farm_side, order
    )


@pytest.mark.parametrize("chunks", [1, 2])
def test_each_chunks_log_says_what_was_not_run(node, farm_side, chunks):
    blend = farm_side.blend(script="Driver: frame")
    for _ in range(chunks):
        order = order_of(farm_side, blend, auto_run=False)
        render(node, farm_side, order)
    words = "Python in the .blend was not run (Driver: frame): its show has to allow it"
    assert words in log_of(farm_side, order)
