from __future__ import annotations

import pytest

from brender_farm import client
from brender_farm.client import get_shot
from brender_farm.db.core import writing
from brender_farm.db.models import Frame, Node, Shot
from brender_farm.domain.states import FrameState, ShotState


@pytest.fixture
def completed(brender, scene) -> int:
    """Submit a shot of four frames and record each of them as done."""
    assert brender("submit", scene, "--frames", "1-4").exit_code == 0
    with client.core_app().app_context(), writing() as session:
        shot = session.get_one(Shot, 1)
        shot.state, shot.pending, shot.pending_count = ShotState.COMPLETED, "", 0
        shot.done_count = 4
        for number in range(1, 5):
            done = Frame(shot_id=1, frame=number, state=FrameState.DONE, at=shot.created_at)
            session.add(done)
    return 1


def test_some_frames_are_rendered_again(brender, completed):
    shown = brender("rerender", completed, "--frames", "2-3", "--reason", "New lamp")
    assert shown.output == "2 frames are to be rendered again; shot 1 is queued.\n"
    row = get_shot(completed).detail.row
    assert (row.done_count, row.pending_count) == (2, 2)
    assert brender("rerender", completed, "--frames", "1").output.startswith("1 frame is ")


def test_all_frames_are_rendered_again_when_none_is_named(brender, completed):
    assert brender("rerender", completed).output.startswith("4 frames are ")
    assert brender("rerender", completed).output.startswith("0 frames are ")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("rerender", 1, "--frames", "9"), "frames: Not of this shot: 9. Choose among 1-4."),
        (("rerender", 1, "--frames", "x"), "'x' is not a frame range."),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_rendered_again_is_one_clear_line(brender, completed, typed, words):
    shown = brender(*typed)
    assert shown.exit_code == 1
    (line,) = shown.stderr.splitlines()
    assert words in line


def test_a_cancelled_shot_is_retried_first(brender, completed):
    brender("rerender", completed)
    brender("cancel", completed)
    shown = brender("rerender", completed)
    assert shown.exit_code == 1
    assert "retry it first" in shown.stderr


def test_bans_are_shown_and_cleared(brender, scene, node):
    brender("submit", scene)
    with client.core_app().app_context(), writing() as session:
        atlas = session.query(Node).one()
        session.get_one(Shot, 1).bans = {str(atlas.id): "It failed 3 frames in a row."}
    assert "  banned    atlas: It failed 3 frames in a row.\n" in brender("shot", 1).output
    assert brender("unban", 1).output == "Every node may render shot 1 again; it is queued.\n"
    assert "banned" not in brender("shot", 1).output


def test_what_blender_said_last_is_shown_with_a_failed_shot(brender, completed):
    with client.core_app().app_context(), writing() as session:
        shot = session.get_one(Shot, completed)
        shot.state, shot.done_count, shot.failed_count = ShotState.FAILED, 3, 1
        frame = session.get_one(Frame, (completed, 4))
        frame.state, frame.log_tail = FrameState.FAILED, "Fra:4\nError: no memory\n"
    assert brender("shot", completed).output.endswith(
        "  Blender's last words at the frame that gave up last:\n    Fra:4\n    Error: no memory\n"
    )


def test_the_last_audit_is_shown(brender, completed):
    brender("audit", completed)
    assert "  audit     4 finished frames checked at " in brender("shot", completed).output
