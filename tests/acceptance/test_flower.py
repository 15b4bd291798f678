"""Flower, seen through the dashboard, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.farm import running_farm
from tests.waiting import wait_for

from .browsing import sync_api

pytestmark = pytest.mark.xdist_group("acceptance")


def test_flower_shows_a_chunk_through_the_dashboard(tmp_path: Path, page: sync_api.Page) -> None:
    with running_farm(tmp_path, "web", "flower") as farm:
        farm.start_node("atlas")
        url = f"{farm.settings.url}/flower/tasks"
        wait_for(lambda: page.request.get(url).ok, "Flower answers", limit_s=60)
        shot_id = farm.submit(farm.blend(), frames="1-4", name="Seen in Flower")
        farm.wait_until_over(shot_id)

        page.goto(url)
        page.wait_for_selector("text=render_chunk")
        page.goto(f"{farm.settings.url}/flower/")
        page.wait_for_selector("text=atlas")
        refused = page.request.post(f"{farm.settings.url}/flower/api/worker/shutdown/node.atlas")

        assert refused.status == 405
        assert farm.node("atlas").online
