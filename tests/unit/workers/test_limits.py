"""What a render may take, in words and figures."""

from __future__ import annotations

import pytest

from brender_farm import wire
from workers import limits
from workers.stats import Memory, machine_memory

GB = 1_000_000_000


def test_without_limits_nothing_is_too_much():
    none = wire.RenderLimits()
    assert limits.over_time(none, 1e9) is None
    assert limits.over_memory(none, 10**15) is None


def test_a_frame_over_its_time_is_told_so():
    limit = wire.RenderLimits(frame_s=90)
    assert limits.over_time(limit, 90) is None
    verdict = limits.over_time(limit, 90.1)
    assert "took longer than its limit of 90 s" in verdict.reason
    assert "frame time limit" in verdict.reason
    assert not verdict.permanent


def test_a_render_over_its_memory_is_told_both_figures_and_not_tried_again():
    limit = wire.RenderLimits(memory_bytes=2 * GB)
    assert limits.over_memory(limit, 2 * GB) is None
    verdict = limits.over_memory(limit, 3 * GB)
    assert "held 3,000 MB of memory, more than the limit of 2,000 MB" in verdict.reason
    assert verdict.permanent


@pytest.mark.parametrize(
    ("available", "total", "short"),
    [
        (3.9 * GB, 100 * GB, True),
        (4.1 * GB, 100 * GB, False),
        (0.25 * GB, 4 * GB, True),
        (0.26 * GB, 4 * GB, False),
    ],
    ids=["below 4 %", "above 4 %", "below 256 MB", "above 256 MB"],
)
def test_a_machine_keeps_some_memory_for_itself(available, total, short):
    memory = Memory(available_bytes=int(available), total_bytes=int(total))
    assert limits.is_short(memory, 4) is short


def test_a_render_ended_for_the_machine_may_be_done_by_another():
    memory = Memory(available_bytes=GB, total_bytes=100 * GB)
    verdict = limits.machine_short(memory, 4, 80 * GB)
    assert "1,000 MB of 100,000 MB were left, and 4,000 MB must stay free" in verdict.reason
    assert (verdict.permanent, verdict.short_of_memory) == (False, True)


def test_this_machine_has_memory():
    memory = machine_memory()
    assert 0 < memory.available_bytes < memory.total_bytes
