"""Scripts of .blend files on real nodes: as the show says, and as the node's owner lets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from brender_farm.service.shapes.shows import ShowRequest
from brender_farm.service.show_changes import add_show
from tests.farm import Farm, running_farm

pytestmark = pytest.mark.xdist_group("farm-scripts")


def test_only_files_of_a_show_that_allows_it_run_their_scripts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scripts")
    for name in ("film", "other"):
        (folder / name).mkdir()
    with running_farm(folder) as farm:
        farm.start_node("anna")
        with farm.core.app_context():
            add_show(
                ShowRequest(name="Film", root=str(folder / "film"), auto_run=True), actor="tests"
            )
            add_show(ShowRequest(name="Other", root=str(folder / "other")), actor="tests")
        ours, theirs = scripted(farm, folder / "film"), scripted(farm, folder / "other")
        for blend in (ours, theirs):
            shot = farm.submit(blend, frames="1-2")
            assert farm.wait_until_over(shot).row.done_count == 2
        named = farm.submit(theirs, frames="1-2", show="Film")
        farm.wait_until_over(named)
        assert ran(ours)
        assert not ran(theirs)


def scripted(farm: Farm, folder: Path) -> Path:
    blend = farm.blend(script="Text: rig_ui.py")
    there = folder / "sh010.blend"
    Path(f"{blend}.fake.json").rename(f"{there}.fake.json")
    return blend.rename(there)


def ran(blend: Path) -> bool:
    return Path(f"{blend}.ran").exists()
