"""What a shot needs of its nodes, from the submission to the plan."""

from __future__ import annotations

import pytest

from brender_farm import wire
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service.needs import Tags, read_max_nodes, read_min_memory, read_shot_tags
from brender_farm.service.shots import get_shot
from tests.integration.service.core_farm import CoreFarm

GB = 10**9


def join(farm: CoreFarm, name: str, *tags: str, gb: int = 16, slots: int = 1) -> None:
    facts = wire.MachineFacts(
        hostname=name,
        os="Linux",
        cpu_count=8,
        memory_bytes=gb * GB,
        blender_versions=["4.5.15"],
        tags=list(tags),
    )
    farm.join(name, facts=facts, slots=slots)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, Tags(wanted=(), unwanted=())),
        ("", Tags(wanted=(), unwanted=())),
        ("GPU, big,gpu", Tags(wanted=("gpu", "big"), unwanted=())),
        ("gpu, !slow, ! old", Tags(wanted=("gpu",), unwanted=("slow", "old"))),
    ],
)
def test_tags_are_understood(text, expected):
    assert read_shot_tags(text) == expected


@pytest.mark.parametrize("text", ["g p u", "!", "gpu;big", "a" * 41, "gpu,!gpu", "<b>"])
def test_what_is_no_tag_is_refused_with_an_example(text):
    fault = read_shot_tags(text)
    assert isinstance(fault, Fault)
    assert fault.field == "tags"
    assert fault.remedy


@pytest.mark.parametrize("value", ["lots", -1, float("nan"), 1e12, "12 GB"])
def test_memory_that_makes_no_sense_is_refused(value):
    assert isinstance(read_min_memory(value), Fault)


@pytest.mark.parametrize("value", ["many", 0, -3, 1.5, float("inf")])
def test_a_number_of_nodes_that_makes_no_sense_is_refused(value):
    assert isinstance(read_max_nodes(value), Fault)


def test_needs_are_stored_and_kept(farm):
    join(farm, "small")
    join(farm, "large", "gpu", gb=64)
    join(farm, "slow", "gpu", "slow", gb=64)
    shot_id = farm.submit(tags="gpu,!slow", min_memory_gb=32, chunk_size=1).shot.id
    detail = get_shot(shot_id)
    assert (detail.tags, detail.not_tags, detail.min_memory_bytes) == (
        ("gpu",),
        ("slow",),
        32 * GB,
    )
    assert {dispatch.node for dispatch in farm.assign()} == {"large"}


def test_a_shot_is_never_on_more_nodes_than_it_may(farm):
    for name in "abc":
        join(farm, name, slots=2)
    shot_id = farm.submit(max_nodes=2, chunk_size=1, frames="1-9").shot.id
    first = {dispatch.node for dispatch in farm.assign()}
    assert len(first) == 2
    assert farm.assign() == []
    assert "as many as it may have" in get_shot(shot_id).waiting


def test_a_shot_that_nobody_can_have_says_what_it_needs(farm):
    join(farm, "small")
    shot_id = farm.submit(min_memory_gb=32).shot.id
    assert farm.assign() == []
    assert "It needs 32 GB of memory" in get_shot(shot_id).waiting


def test_all_faults_of_a_submission_are_told_at_once(farm):
    with pytest.raises(RequestRefused) as refused:
        farm.submit(tags="g p u", min_memory_gb="lots", max_nodes=0)
    assert {fault.field for fault in refused.value.faults} == {
        "tags",
        "min_memory_gb",
        "max_nodes",
    }
