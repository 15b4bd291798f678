"""Real nodes that have a show's root at another path than the farm's machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from brender_farm.db.core import reading
from brender_farm.db.models import Node
from brender_farm.domain.states import ShotState
from brender_farm.service.audit import audit_shot
from brender_farm.service.shapes.shows import ShowRequest
from brender_farm.service.show_changes import add_show
from tests.farm import Farm, running_farm
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("farm-show-paths")

PATTERN = "renders/{shot}/v{version:03}/{shot}_{frame:04}.{ext}"


def test_two_nodes_render_a_show_that_they_have_at_another_path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shows")
    here, there, mount = folder / "film", folder / "disk", folder / "nodes" / "mnt"
    here.mkdir()
    mount.parent.mkdir()
    with running_farm(folder) as farm:
        shot = submit_to_show(farm, here, mount)
        farm.act(shot, "pause")
        here.rename(there)  # what the farm calls it is nowhere while the nodes render
        mount.symlink_to(there)
        for name in ("anna", "bert"):
            farm.start_node(name, roots=str(mount))
        farm.act(shot, "resume")
        detail = farm.wait_until_over(shot)
        warm = str(here / "sh010.blend")
        wait_for(lambda: warm_of(farm) == {"anna": [warm], "bert": [warm]}, "both nodes are warm")
        there.rename(here)
        names = [f"sh010_{number:04}.png" for number in range(1, 13)]
        assert (detail.row.state, detail.row.done_count) == (ShotState.COMPLETED, 12)
        assert detail.output_dir == str(here / "renders/sh010/v001")
        assert farm.files(shot) == names
        with farm.core.app_context():
            result = audit_shot(shot, "tests")
        assert (result.checked_count, result.bad_count, result.trouble) == (12, 0, "")


def submit_to_show(farm: Farm, here: Path, mount: Path) -> int:
    """Submit a shot of a show that nodes have at `mount`."""
    blend = farm.blend(seconds=0.05)
    for path in (blend, Path(f"{blend}.fake.json")):
        path.rename(here / path.name.replace(blend.name, "sh010.blend"))
    asked = ShowRequest(name="Film", root=str(here), root_linux=str(mount), output_pattern=PATTERN)
    with farm.core.app_context():
        add_show(asked, actor="tests")
    return farm.submit(here / "sh010.blend", frames="1-12", chunk_size=1)


def warm_of(farm: Farm) -> dict[str, list[str]]:
    with farm.core.app_context(), reading() as session:
        return {node.name: node.warm for node in session.query(Node)}
