"""A farm's core without processes around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.integration.service.client_places import place  # noqa: F401 - a fixture of all here
from tests.integration.service.core_farm import CoreFarm


@pytest.fixture
def farm(core_app: Flask, tmp_path: Path) -> CoreFarm:
    """Return the core of a farm whose root is the test's folder."""
    return CoreFarm(tmp_path)
