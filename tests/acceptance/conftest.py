"""A farm with a real Blender, shared by the tests of a module."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator

import pytest

from tests.farm import Farm, running_farm

from .browsing import browser, page

__all__ = ["browser", "page"]

needs_bpy = pytest.mark.skipif(
    importlib.util.find_spec("bpy") is None,
    reason="bpy is not installed (requirements/blender.txt; Python 3.11 only)",
)
needs_blender = pytest.mark.skipif(
    shutil.which("blender") is None, reason="no `blender` on PATH (Debian: apt install blender)"
)


@pytest.fixture(scope="module")
def real_farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """Broker, scheduler, dashboard and a node that renders with bpy."""
    if importlib.util.find_spec("bpy") is None:
        pytest.skip("bpy is not installed (requirements/blender.txt; Python 3.11 only)")
    with running_farm(tmp_path_factory.mktemp("real"), "web") as farm:
        farm.start_node("anna", blender="bpy")
        yield farm
