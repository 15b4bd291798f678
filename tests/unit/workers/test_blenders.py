"""A node with two Blenders renders with the one that the shot asks for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest

from brender_farm import wire
from tests.unit.workers.conftest import FAKE_BLENDER


@pytest.fixture
def two_blenders(tmp_path: Path) -> str:
    """Return the setting of a node that has Blender 3.6.2 and 4.5.1."""
    programs = []
    for version in ("3.6.2", "4.5.1"):
        program = tmp_path / f"blender-{version}"
        behaviour = json.dumps({"version": version})
        program.write_text(f"#!/bin/sh\nFAKE_BLENDER='{behaviour}' exec {FAKE_BLENDER} \"$@\"\n")
        program.chmod(0o755)
        programs.append(str(program))
    return os.pathsep.join(programs)


@pytest.fixture
def two(start_node, two_blenders):
    return start_node(blender=two_blenders)


def asking(order: wire.ChunkOrder, blender: str = "", device: str = "") -> wire.ChunkOrder:
    scene = msgspec.structs.replace(order.scene, blender=blender, device=device)
    return msgspec.structs.replace(order, scene=scene)


def render_with(node, farm_side, blend: Path, blender: str = "", device: str = "") -> str:
    """Render a frame and return the version that is alive afterwards."""
    order = asking(farm_side.order(blend), blender, device)
    node.render(wire.write(order))
    farm_side.ended(order)
    (session,) = node.sessions._all
    return session.version


@pytest.mark.parametrize(
    ("saved", "wanted", "used"),
    [
        ("306", "", "4.5.1"),
        ("306", "3.6", "3.6.2"),
        ("306", "3.6.2", "3.6.2"),
        ("306", "4.5", "4.5.1"),
        ("405", "3.6", "3.6.2"),
        ("500", "any", "4.5.1"),
    ],
)
def test_the_newest_that_is_wanted_renders(two, farm_side, saved, wanted, used):
    blend = farm_side.blend()
    blend.write_bytes(f"BLENDER-v{saved} and no more".encode())
    assert render_with(two, farm_side, blend, wanted) == used
    assert farm_side.done() == [1]


def test_both_are_told_to_the_farm_newest_first(two, farm_side):
    two._heart.beat()
    assert farm_side.heartbeat().facts.blender_versions == ["4.5.1", "3.6.2"]


def test_a_slot_never_has_two_blenders(two, farm_side):
    blend = farm_side.blend()
    for wanted in ("3.6", "4.5", "3.6"):
        assert render_with(two, farm_side, blend, wanted).startswith(wanted)


def test_a_blender_that_the_node_does_not_have_fails_the_frame_here_alone(two, farm_side):
    order = asking(farm_side.order(farm_side.blend(), "1-3"), "4.2")
    two.render(wire.write(order))
    farm_side.ended(order)
    (failed,) = farm_side.of(wire.FrameFailed)
    assert "is to be rendered by Blender 4.2; this node has Blender 4.5.1" in failed.reason
    assert not failed.permanent


def test_a_crash_on_a_newer_file_that_was_let_in_says_why(two, farm_side):
    blend = farm_side.blend(open_crash=True)
    blend.write_bytes(b"BLENDER17-01v0500")
    order = asking(farm_side.order(blend), "any")
    two.render(wire.write(order))
    farm_side.ended(order)
    (failed,) = farm_side.of(wire.FrameFailed)
    assert "SIGSEGV" in failed.reason
    assert "saved by Blender 5.0, which is newer than this one (4.5.1)" in failed.reason


def test_a_gpu_that_is_not_there_fails_one_frame_and_gives_the_rest_back(two, farm_side):
    order = asking(farm_side.order(farm_side.blend(), "1-3"), device="gpu")
    two.render(wire.write(order))
    assert "no GPU" in farm_side.ended(order).reason
    (failed,) = farm_side.of(wire.FrameFailed)
    assert (failed.frame, failed.permanent) == (1, False)
    assert failed.reason == "This node has no GPU that Cycles can use."
