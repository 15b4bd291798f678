"""Both kinds of Blender through the whole farm, and files that only one of them can open."""

from __future__ import annotations

import pytest

from brender_farm.domain.states import ShotState
from brender_farm.errors import RequestRefused
from brender_farm.service import shots
from tests.acceptance.conftest import needs_blender, needs_bpy
from tests.farm import Farm, running_farm

pytestmark = pytest.mark.xdist_group("acceptance")


@needs_blender
def test_an_installed_blender_renders(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_farm(tmp_path_factory.mktemp("installed")) as farm:
        farm.start_node("old", blender="blender")
        shot = farm.submit(farm.blend("old_34.blend"), frames="1-6", chunk_size=2)

        detail = farm.wait_until_over(shot, limit_s=180)

        assert detail.row.state is ShotState.COMPLETED
        assert farm.files(shot) == [f"{number:04}.png" for number in range(1, 7)]


@needs_bpy
@needs_blender
def test_a_new_file_goes_to_the_node_that_can_open_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_farm(tmp_path_factory.mktemp("both")) as farm:
        farm.start_node("old", blender="blender")
        with pytest.raises(RequestRefused, match=r"saved by Blender 4\.5"):
            farm.submit(farm.blend(), frames="1-3")
        farm.start_node("new", blender="bpy")

        shot = farm.submit(farm.blend(), frames="1-6", chunk_size=1)
        farm.wait_until_over(shot, limit_s=180)

        with farm.core.app_context():
            assert {chunk.node for chunk in shots.shot_chunks(shot)} == {"new"}


@needs_bpy
@needs_blender
def test_a_shot_is_rendered_by_the_blender_and_in_the_pool_that_it_asks_for(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_farm(tmp_path_factory.mktemp("wishes")) as farm:
        farm.start_node("old", blender="blender")
        farm.start_node("new", blender="bpy")
        farm.start_node("film", blender="bpy", pool="film")
        blend = farm.blend("old_34.blend")
        wishes = {
            "old": {"blender": "3.4"},
            "new": {"blender": "4.5", "device": "cpu"},
            "film": {"blender": "any", "pool": "film"},
        }

        shots_of = {
            node: farm.submit(blend, frames="1-4", chunk_size=1, name=node, **asked)
            for node, asked in wishes.items()
        }
        over = {node: farm.wait_until_over(shot, limit_s=180) for node, shot in shots_of.items()}

        assert {detail.row.state for detail in over.values()} == {ShotState.COMPLETED}
        with farm.core.app_context():
            for node, shot in shots_of.items():
                assert {chunk.node for chunk in shots.shot_chunks(shot)} == {node}


@needs_bpy
def test_the_scene_that_was_asked_for_is_rendered(real_farm: Farm) -> None:
    shot = real_farm.submit(real_farm.blend("two_scenes.blend"), scene="Main", frames="1-2")

    detail = real_farm.wait_until_over(shot)

    assert detail.row.state is ShotState.COMPLETED
    assert (detail.width, detail.height) == (160, 90)


@needs_bpy
def test_a_size_that_was_asked_for_is_rendered(real_farm: Farm) -> None:
    shot = real_farm.submit(real_farm.blend(), frames="1", width=80, height=46)

    assert real_farm.wait_until_over(shot).row.state is ShotState.COMPLETED


@needs_bpy
def test_a_scene_without_a_camera_pauses_with_blenders_reason(real_farm: Farm) -> None:
    shot = real_farm.submit(real_farm.blend("no_camera.blend"), frames="1-10", chunk_size=1)

    detail = real_farm.wait_until_over(shot)

    assert detail.row.state is ShotState.PAUSED
    with real_farm.core.app_context():
        failed = shots.shot_frames(shot, state="failed").cells
    assert "camera" in failed[0].reason
