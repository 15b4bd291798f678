"""Python that a .blend brings along: in a registered text and in a driver."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workers.blender.command import blender_command, child_environment
from workers.blender.pipe import Child
from workers.blender.scene import SceneSpec

MADE = {"script": "script_ran", "driver_script": "driver_ran"}


@pytest.mark.parametrize(("name", "marker"), MADE.items())
def test_python_of_a_file_does_not_run_and_is_told(session, spec, scenes, tmp_path, name, marker):
    opened = session.open(spec(name))
    session.render(5, tmp_path / "0005.png")
    assert opened.blocked_script
    assert not (scenes / marker).exists()
    assert not session.ran_scripts


@pytest.mark.parametrize(("name", "marker"), MADE.items())
def test_python_of_a_file_runs_when_it_may(start_session, spec, scenes, tmp_path, name, marker):
    session = start_session()
    opened = session.open(spec(name, autoexec=True))
    session.render(5, tmp_path / "0005.png")
    (scenes / marker).unlink()
    assert opened.blocked_script is None
    assert session.ran_scripts


def test_a_blender_with_scripts_is_kept_for_their_scene_alone(start_session, spec):
    session = start_session()
    scripted, plain = spec("script", autoexec=True), spec("script")
    assert session.may_open(scripted.key)
    session.open(scripted)
    assert session.may_open(scripted.key)
    assert not session.may_open(plain.key)
    session.drop()
    assert not session.may_open(scripted.key)
    Path(scripted.path.with_name("script_ran")).unlink()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="Linux tells of processes here")
def test_a_script_is_given_neither_settings_nor_descriptors_of_the_node(
    install, tmp_path, monkeypatch
):
    """What it can read of its parent's, which is the same user's, is said in docs/security.md."""
    monkeypatch.setenv("BRENDER_BROKER_URL", "redis://:secret-word@127.0.0.1:6379/0")
    kept = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(kept, False)
    child = Child(
        blender_command(install),
        name="Blender",
        environment=child_environment("tests"),
        on_line=lambda _: None,
    )
    try:
        child.wait_until_ready(120)
        process = Path(f"/proc/{child.pid}")
        assert b"secret-word" not in (process / "environ").read_bytes()
        open_files = {str(each.readlink()) for each in (process / "fd").iterdir()}
        assert str(tmp_path) not in open_files
        assert not [name for name in open_files if name.startswith("socket:")]
    finally:
        child.kill()
        os.close(kept)


def test_a_described_scene_runs_nothing_unless_told(scenes):
    assert not SceneSpec.of(scenes / "script.blend").settings.autoexec
