from __future__ import annotations

import pytest

from brender_farm.client import ShotHandle, get_shot
from brender_farm.domain.states import ShotState


@pytest.fixture
def three(brender, scene) -> tuple[int, int, int]:
    """Submit three shots of four frames."""
    for _ in range(3):
        assert brender("submit", scene, "--frames", "1-4").exit_code == 0
    return 1, 2, 3


def test_a_shot_is_submitted_to_come_after_others(brender, scene, three):
    shown = brender(
        *("submit", scene, "--frames", "1-4", "--after", "1", "--after-frames", "2"),
        *("--not-before", "2099-12-01 20:00+00:00"),
    )
    assert shown.exit_code == 0, shown.output
    assert brender("after", 4).output == (
        "Shot 4 is waiting, 4 of its pending frames wait.\n"
        "  after shot 1 as a whole: queued, tiny\n"
        "  after shot 2 frame by frame: queued, tiny\n"
        "  not before 2099-12-01 20:00 UTC\n"
    )


def test_what_it_comes_after_is_replaced(brender, three):
    assert brender("after", 3).output == "Shot 3 is queued.\n  after no other shot\n"
    assert brender("after", 3, "1,2").output.splitlines() == [
        "Shot 3 is waiting.",
        "  after shot 1 as a whole: queued, tiny",
        "  after shot 2 as a whole: queued, tiny",
    ]
    assert brender("after", 3, "--frames", "2").output.splitlines() == [
        "Shot 3 is waiting, 4 of its pending frames wait.",
        "  after shot 2 frame by frame: queued, tiny",
    ]
    assert brender("after", 3, "--none").output.splitlines()[0] == "Shot 3 is queued."


def test_a_circle_is_refused_and_spelled_out(brender, three):
    brender("after", 1, "2")
    brender("after", 2, "3")
    shown = brender("after", 3, "1")
    assert shown.exit_code == 1
    assert shown.stderr == (
        "brender: Shot 3 -> 1 -> 2 -> 3: each would wait for the next, and none would ever begin. "
        "Leave one of them out.\n"
    )


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ((1, "99"), "after: There is no shot 99."),
        ((1, "--frames", "x"), "after_frames: 'x' are not numbers of shots."),
        ((1, "1"), "Shot 1 -> 1:"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_is_one_clear_line(brender, three, typed, words):
    shown = brender("after", *typed)
    assert shown.exit_code == 1
    (line,) = shown.stderr.splitlines()
    assert words in line


def test_none_and_some_at_once_make_no_sense(brender, three):
    assert brender("after", 1, "2", "--none").exit_code == 2


def test_a_waiting_shot_is_started_anyway(brender, three):
    brender("after", 3, "1")
    assert brender("start", 3).output == "Shot 3 is queued.\n"
    shown = brender("start", 3)
    assert shown.exit_code == 1
    assert "'start' is not possible now" in shown.stderr


def test_handles_are_taken_as_shots(three):
    handle = get_shot(3)
    assert handle.set_after([ShotHandle(1), 2]) is ShotState.WAITING
    assert [other.id for other in handle.detail.after] == [1, 2]
    assert handle.set_after(after_frames=[ShotHandle(1)]) is ShotState.WAITING
    assert handle.set_after() is ShotState.QUEUED
