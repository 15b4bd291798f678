"""Farms of real processes with the fake Blender: a shared one, and fresh ones to kill."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.farm import Farm, running_farm


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """A farm with one node of one slot, shared by the tests of a module that leave it as it is."""
    with running_farm(tmp_path_factory.mktemp("farm")) as shared:
        shared.start_node("anna")
        yield shared


@pytest.fixture
def own_farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """A farm without nodes, for one test alone: for those that kill."""
    with running_farm(tmp_path_factory.mktemp("own")) as alone:
        yield alone
