from __future__ import annotations

import os
from dataclasses import replace

import pytest

from brender_farm.errors import BlendChanged, SceneRefused
from workers.blender.scene import SceneSpec


@pytest.fixture
def described(tmp_path):
    path = tmp_path / "scene.blend"
    path.write_bytes(b"BLENDER one")
    return SceneSpec.of(path)


def test_the_file_that_was_described_is_unchanged(described):
    described.check_unchanged()


def test_a_file_that_was_touched_or_copied_is_the_same(described):
    os.utime(described.path, ns=(5, 5))
    described.check_unchanged()


def test_other_bytes_are_another_file_even_with_the_old_size_and_time(described):
    described.path.write_bytes(b"BLENDER two")
    os.utime(described.path, ns=(described.mtime_ns, described.mtime_ns))
    with pytest.raises(BlendChanged, match="not the file that was submitted"):
        described.check_unchanged()


def test_a_file_that_is_gone_says_so(described):
    described.path.unlink()
    with pytest.raises(SceneRefused, match="cannot be read on this node"):
        described.check_unchanged()


def test_without_a_recorded_digest_size_and_time_decide(described):
    old = replace(described, digest=None, ctime_ns=0)
    old.check_unchanged()
    os.utime(described.path, ns=(5, 5))
    with pytest.raises(BlendChanged):
        old.check_unchanged()
