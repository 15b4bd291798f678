from __future__ import annotations

import shutil

import pytest

from brender_farm.blendfile.externals import MissingFile, is_there
from brender_farm.blendfile.facts import inspect


@pytest.fixture
def scene(data, tmp_path):
    """A scene that needs textures/wood.png and props/chair.blend beside it; neither is there."""
    shutil.copy(data / "missing_texture.blend", tmp_path / "scene.blend")
    (tmp_path / "textures").mkdir()
    (tmp_path / "props").mkdir()
    return tmp_path / "scene.blend"


def test_missing_files_are_listed_with_their_users(scene):
    facts = inspect(scene)
    folder = scene.parent
    assert facts.missing == (
        MissingFile(kind="library", path=f"{folder}/props/chair.blend", used_by="chair.blend"),
        MissingFile(kind="texture", path=f"{folder}/textures/wood.png", used_by="Wood"),
    )
    assert facts.external_count == 2
    assert facts.trace_complete


def test_blender_5s_layout_is_traced_too(scene, with_externals_5):
    scene.write_bytes(with_externals_5)
    assert [file.kind for file in inspect(scene).missing] == ["library", "texture"]


def test_a_texture_that_has_come_is_no_longer_missing(scene):
    inspect(scene)
    (scene.parent / "textures" / "wood.png").touch()
    assert [file.kind for file in inspect(scene).missing] == ["library"]


def test_a_library_is_opened_and_its_own_files_are_looked_for(data, scene):
    inspect(scene)
    library = scene.parent / "props" / "chair.blend"
    shutil.copy(data / "tiny.blend", library)
    facts = inspect(scene)
    assert [file.kind for file in facts.missing] == ["texture"]
    assert facts.external_count == 2


def test_a_library_cut_short_is_told_and_the_rest_still_listed(data, scene):
    whole = (data / "tiny.blend").read_bytes()
    (scene.parent / "props" / "chair.blend").write_bytes(whole[:5000])
    kinds = {file.kind: file.path for file in inspect(scene).missing}
    assert kinds == {
        "damaged library": f"{scene.parent}/props/chair.blend",
        "texture": f"{scene.parent}/textures/wood.png",
    }


def test_a_library_that_links_itself_ends(scene):
    shutil.copy(scene, scene.parent / "props" / "chair.blend")
    assert inspect(scene).external_count >= 2


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("a.png", True),
        ("b.png", False),
        ("skin.<UDIM>.exr", True),
        ("cloth.<UDIM>.exr", False),
        ("sim_*.bphys", True),
        ("sim_*.vdb", False),
        ("none/sim_*.vdb", False),
        ("a\0b.png", False),
    ],
)
def test_a_file_or_one_of_a_sequence_is_there(tmp_path, wanted, there):
    for name in ("a.png", "skin.1001.exr", "sim_000001.bphys"):
        (tmp_path / name).touch()
    assert is_there(f"{tmp_path}/{wanted}") is there
