from __future__ import annotations

import os
import sys

import pytest

from brender_farm.errors import BlenderNotFound
from workers.blender import locate
from workers.blender.locate import find_blender, find_blenders


def script(path, body):
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_a_path_names_an_installed_blender(fake_blender):
    install = find_blender(str(fake_blender))
    assert (install.kind, install.path, install.version) == ("executable", fake_blender, "4.5.0")
    assert install.version_tuple == (4, 5)


def test_the_wheel_is_found_without_importing_it(monkeypatch):
    monkeypatch.setattr(locate.importlib.util, "find_spec", lambda _: object())
    monkeypatch.setattr(locate.metadata, "version", lambda _: "4.5.15")
    install = find_blender("bpy")
    assert (install.kind, str(install.path), install.version) == ("bpy", sys.executable, "4.5.15")
    assert "bpy" not in sys.modules


def test_without_a_setting_the_wheel_is_preferred(monkeypatch, fake_blender):
    monkeypatch.setenv("PATH", str(fake_blender.parent), prepend=os.pathsep)
    monkeypatch.setattr(locate.importlib.util, "find_spec", lambda _: object())
    monkeypatch.setattr(locate.metadata, "version", lambda _: "4.5.15")
    assert find_blender(None).kind == "bpy"


def test_without_setting_and_wheel_blender_is_looked_for_on_the_path(monkeypatch, fake_blender):
    monkeypatch.setenv("PATH", str(fake_blender.parent), prepend=os.pathsep)
    monkeypatch.setattr(locate.importlib.util, "find_spec", lambda _: None)
    assert find_blender(None).path == fake_blender


def test_nothing_anywhere_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(locate.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(BlenderNotFound, match=r"pip install bpy.*BRENDER_BLENDER"):
        find_blender(None)


def test_a_wanted_wheel_that_is_missing_says_so(monkeypatch):
    monkeypatch.setattr(locate.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(BlenderNotFound, match="has no bpy"):
        find_blender("bpy")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BlenderNotFound, match=r"gone.*there is no such file"):
        find_blender(str(tmp_path / "gone"))


def test_a_folder_is_not_a_program(tmp_path):
    with pytest.raises(BlenderNotFound, match="is the folder"):
        find_blender(str(tmp_path))


def test_a_file_that_may_not_be_executed_is_named(tmp_path):
    program = script(tmp_path / "blender", "true")
    program.chmod(0o644)
    with pytest.raises(BlenderNotFound, match="may not be executed"):
        find_blender(str(program))


def test_some_other_program_is_not_taken_for_blender(tmp_path):
    program = script(tmp_path / "blender", "echo VLC 3.0")
    with pytest.raises(BlenderNotFound, match=r"does not answer like Blender; it said: VLC 3\.0"):
        find_blender(str(program))


def test_a_program_that_never_answers_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(locate, "VERSION_TIMEOUT_S", 0.05)
    program = script(tmp_path / "blender", "sleep 600 & wait")
    with pytest.raises(BlenderNotFound, match="did not answer in"):
        find_blender(str(program))


def test_a_blender_that_is_too_old_is_refused(tmp_path):
    program = script(tmp_path / "blender", "echo Blender 2.93.1")
    with pytest.raises(BlenderNotFound, match=r"is Blender 2\.93\.1; Brender needs 3\.0"):
        find_blender(str(program))


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("Blender 3.4.1", "3.4.1"),
        ("Blender 4.5.3 LTS\\n\\tbuild date: 2025-09-09", "4.5.3"),
        ("Warning: no display\\nBlender 5.0.0 Alpha", "5.0.0"),
    ],
    ids=["plain", "long term", "after a warning"],
)
def test_the_version_is_read_from_what_blender_says(tmp_path, said, version):
    program = script(tmp_path / "blender", f'printf "{said}"')
    assert find_blender(str(program)).version == version


def test_a_setting_may_name_several_and_the_newest_comes_first(tmp_path, monkeypatch, fake_blender):
    old = script(tmp_path / "old", "echo Blender 3.4.1")
    monkeypatch.setenv("PATH", str(fake_blender.parent), prepend=os.pathsep)
    found = find_blenders(f"{old}{os.pathsep} {fake_blender} ")
    assert [install.version for install in found] == ["4.5.0", "3.4.1"]


def test_one_of_several_that_is_missing_is_named(tmp_path, fake_blender):
    with pytest.raises(BlenderNotFound, match=r"gone.*there is no such file"):
        find_blenders(f"{fake_blender}{os.pathsep}{tmp_path / 'gone'}")


def test_no_setting_at_all_means_what_is_there(monkeypatch, fake_blender):
    monkeypatch.setenv("PATH", str(fake_blender.parent), prepend=os.pathsep)
    monkeypatch.setattr(locate.importlib.util, "find_spec", lambda _: None)
    assert [install.path for install in find_blenders(None)] == [fake_blender]
