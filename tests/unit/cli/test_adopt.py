from __future__ import annotations

import shutil

import pytest

from brender_farm.client import get_shot


def test_a_snapshot_and_limits_are_typed(brender, scene):
    shown = brender(
        *("submit", scene, "--snapshot", "--frame-limit", 2.5, "--memory-limit", 4),
    )
    assert shown.exit_code == 0, shown.output
    detail = get_shot(1).detail
    assert (detail.frame_limit_s, detail.memory_limit_bytes) == (2.5, 4_000_000_000)
    assert (detail.snapshot, detail.source_blend) == (True, str(scene))


def test_limits_out_of_bounds_are_each_a_line(brender, scene):
    shown = brender("submit", scene, "--frame-limit", 0, "--memory-limit", "nan")
    assert shown.exit_code == 1
    first, second = shown.stderr.splitlines()
    assert first.startswith("brender: frame_limit_s: 0.0 is not a time limit")
    assert second.startswith("memory_limit_gb: nan is not a memory limit")


@pytest.fixture
def changed(brender, scene, data_dir) -> int:
    """Return a shot whose .blend is another one by now."""
    assert brender("submit", scene).exit_code == 0
    shutil.copy(data_dir / "tiny_workbench.blend", scene)
    return 1


@pytest.mark.parametrize("scope", ["--rest", "--all"])
def test_a_changed_blend_is_adopted(brender, changed, scope):
    old = get_shot(changed).detail.blend_digest
    shown = brender("adopt", changed, scope)
    assert shown.output == "Shot 1 renders the changed .blend; it is queued.\n"
    assert get_shot(changed).detail.blend_digest != old


def test_without_a_scope_both_are_named(brender, changed):
    shown = brender("adopt", changed)
    assert shown.exit_code == 2
    assert "--rest or --all" in shown.stderr


def test_what_has_not_changed_is_one_clear_line(brender, scene):
    brender("submit", scene)
    shown = brender("adopt", 1, "--all")
    assert shown.exit_code == 1
    [line] = shown.stderr.splitlines()
    assert "has not changed" in line
