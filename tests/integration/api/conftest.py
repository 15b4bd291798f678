"""A dashboard with a database of its own, and its API."""

from __future__ import annotations

import pytest

from tests.integration.dashboard.conftest import DashboardFarm


@pytest.fixture
def farm(tmp_path, databases):
    made = DashboardFarm(tmp_path, databases.migrated(tmp_path))
    yield made
    made.close()
