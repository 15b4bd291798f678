"""Which Blender, which device and which pool: from the submission to the order for the node."""

from __future__ import annotations

import pytest

from brender_farm import wire
from brender_farm.errors import RequestRefused
from brender_farm.service.nodes import list_nodes
from tests.integration.service.core_farm import CoreFarm


def join(farm: CoreFarm, name: str, *versions: str, pool: str = "", gpus: tuple[str, ...] = ()):
    facts = wire.MachineFacts(
        hostname=name,
        os="Linux",
        cpu_count=8,
        memory_bytes=16 * 10**9,
        blender_versions=list(versions or ("4.5.15",)),
        pool=pool,
        gpus=list(gpus),
    )
    farm.join(name, facts=facts, slots=1)


def nodes_of(farm: CoreFarm) -> set[str]:
    return {dispatch.node for dispatch in farm.assign()}


def test_what_was_asked_for_is_in_the_nodes_order(farm):
    join(farm, "atlas", gpus=("L40",))
    farm.submit(blender="4.5", device="gpu")
    (dispatch,) = farm.assign()
    assert (dispatch.order.scene.blender, dispatch.order.scene.device) == ("4.5", "gpu")


def test_a_shot_that_asks_for_nothing_leaves_both_to_the_file(farm):
    join(farm, "atlas")
    farm.submit()
    (dispatch,) = farm.assign()
    assert (dispatch.order.scene.blender, dispatch.order.scene.device) == ("", "")


@pytest.mark.parametrize(
    ("wanted", "node"),
    [("3.4", "old"), ("3.4.1", "old"), ("4.5", "new"), ("4.5.15", "new")],
)
def test_a_shot_goes_to_the_node_that_has_its_blender(farm, wanted, node):
    join(farm, "old", "3.4.1")
    join(farm, "new", "4.5.15")
    farm.submit("old_34.blend", blender=wanted, chunk_size=1)
    assert nodes_of(farm) == {node}


def test_any_blender_means_every_node(farm):
    join(farm, "old", "3.4.1")
    join(farm, "new", "4.5.15")
    farm.submit("tiny.blend", blender="any", chunk_size=1)
    assert nodes_of(farm) == {"old", "new"}


def test_a_blender_that_no_node_has_is_refused_with_what_there_is(farm):
    join(farm, "both", "4.5.15", "3.4.1")
    with pytest.raises(RequestRefused) as refused:
        farm.submit(blender="4.2")
    (fault,) = refused.value.faults
    assert fault.field == "blender"
    assert fault.message == "No node has Blender 4.2; the farm has 3.4.1, 4.5.15."


def test_a_farm_without_nodes_takes_a_shot_for_any_blender(farm):
    assert farm.submit(blender="4.2").shot.id


def test_a_file_that_is_newer_than_the_farm_is_refused_unless_any_blender_will_do(farm):
    join(farm, "old", "3.4.1")
    with pytest.raises(RequestRefused, match=r"saved by Blender 4\.5.*newest on the farm is 3\.4"):
        farm.submit()
    assert farm.submit(blender="any").shot.id


def test_only_a_version_that_makes_no_sense_is_a_fault_then(farm):
    join(farm, "old", "3.4.1")
    with pytest.raises(RequestRefused) as refused:
        farm.submit(blender="newest")
    assert [fault.message for fault in refused.value.faults] == [
        "'newest' is not a Blender version."
    ]


def test_the_gpu_is_where_a_node_has_one(farm):
    join(farm, "plain")
    join(farm, "cards", gpus=("L40", "L40"))
    farm.submit(device="gpu", chunk_size=1)
    assert nodes_of(farm) == {"cards"}


def test_a_pool_has_its_own_nodes_and_nobody_elses_shots(farm):
    join(farm, "film", pool="film")
    join(farm, "open")
    farm.submit(pool="film", chunk_size=1)
    assert nodes_of(farm) == {"film"}
    farm.submit(chunk_size=1)
    assert nodes_of(farm) == {"open"}


def test_nodes_show_their_pool_and_their_cards(farm):
    join(farm, "cards", pool="film", gpus=("L40", "L40"))
    (row,) = list_nodes().rows
    assert (row.pool, row.gpus) == ("film", ("L40", "L40"))
