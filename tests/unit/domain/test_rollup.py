from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.failures import MAX_TRIES, after_failure
from brender_farm.domain.rollup import (
    HOPELESS_FRAMES,
    Tally,
    is_hopeless,
    shot_state,
)
from brender_farm.domain.states import (
    SHOT_MOVES,
    UNFINISHED_SHOT_STATES,
    FrameState,
    ShotState,
)

S = ShotState


def tally(
    pending: int = 0,
    done: int = 0,
    failed: int = 0,
    rendering: int = 0,
    run: int | None = None,
    held: int = 0,
    is_open: bool = True,
) -> Tally:
    """Return a tally; without `run`, the frames that gave up did so before any was done."""
    return Tally(
        held_count=min(held, pending),
        is_open=is_open,
        failed_run=(0 if done else failed) if run is None else run,
        frame_count=pending + done + failed + rendering,
        pending_count=pending,
        done_count=done,
        failed_count=failed,
    )


TALLIES = st.builds(tally, *[st.integers(0, 9)] * 6, st.booleans()).filter(
    lambda t: t.frame_count > 0
)


@pytest.mark.parametrize(
    ("state", "counts", "expected"),
    [
        pytest.param(S.QUEUED, {"pending": 9, "rendering": 1}, S.RENDERING, id="begins"),
        pytest.param(S.RENDERING, {"pending": 9, "done": 1}, S.QUEUED, id="waits-again"),
        pytest.param(S.RENDERING, {"done": 9}, S.COMPLETED, id="all-done"),
        pytest.param(S.RENDERING, {"done": 8, "failed": 1}, S.FAILED, id="one-gave-up"),
        pytest.param(S.RENDERING, {"done": 8, "rendering": 1}, S.RENDERING, id="one-to-go"),
        pytest.param(S.RENDERING, {"failed": 4}, S.FAILED, id="a-short-shot-that-failed"),
        pytest.param(S.RENDERING, {"pending": 4, "failed": 5}, S.PAUSED, id="hopeless"),
        pytest.param(
            S.RENDERING, {"pending": 3, "failed": 5, "done": 1}, S.QUEUED, id="not-quite-hopeless"
        ),
        pytest.param(
            S.RENDERING,
            {"pending": 3, "failed": 7, "done": 9, "run": 5},
            S.PAUSED,
            id="now-hopeless",
        ),
        pytest.param(S.QUEUED, {"pending": 4, "is_open": False}, S.WAITING, id="closed"),
        pytest.param(S.WAITING, {"pending": 4}, S.QUEUED, id="opened"),
        pytest.param(
            S.RENDERING,
            {"pending": 4, "rendering": 1, "is_open": False},
            S.WAITING,
            id="closed-while-it-renders",
        ),
        pytest.param(
            S.RENDERING, {"rendering": 1, "is_open": False}, S.RENDERING, id="closed-too-late"
        ),
        pytest.param(S.QUEUED, {"pending": 4, "held": 4}, S.WAITING, id="all-frames-held"),
        pytest.param(S.WAITING, {"pending": 4, "held": 3}, S.QUEUED, id="one-frame-let-go"),
        pytest.param(
            S.RENDERING, {"pending": 4, "held": 4, "rendering": 1}, S.RENDERING, id="the-rest-held"
        ),
        pytest.param(S.PAUSED, {"pending": 4, "held": 4}, S.PAUSED, id="a-pause-hides-the-wait"),
        pytest.param(
            S.WAITING, {"pending": 4, "failed": 5, "is_open": False}, S.PAUSED, id="hopeless-first"
        ),
        pytest.param(S.PAUSED, {"pending": 4, "rendering": 1}, S.PAUSED, id="a-pause-stays"),
        pytest.param(S.PAUSED, {"done": 4}, S.COMPLETED, id="a-pause-ends-with-the-last-frame"),
        pytest.param(S.CANCELLED, {"done": 4}, S.CANCELLED, id="a-cancel-stays"),
        pytest.param(S.FAILED, {"done": 4}, S.COMPLETED, id="a-late-frame-completes-it"),
    ],
)
def test_the_shots_state_follows_from_its_frames(state, counts, expected):
    assert shot_state(state, tally(**counts)) is expected


@given(st.sampled_from(ShotState), TALLIES)
def test_the_same_frames_give_the_same_state_again(state, counted):
    settled = shot_state(state, counted)
    assert shot_state(settled, counted) is settled


@given(st.sampled_from(UNFINISHED_SHOT_STATES), TALLIES)
def test_an_unfinished_shot_only_makes_moves_of_the_table(state, counted):
    settled = shot_state(state, counted)
    assert settled is state or settled in SHOT_MOVES[state]


@given(st.sampled_from(ShotState), TALLIES)
def test_a_shot_is_completed_only_by_its_last_frame(state, counted):
    if shot_state(state, counted) is S.COMPLETED:
        assert counted.done_count == counted.frame_count


@pytest.mark.parametrize(
    ("tries", "permanent", "expected"),
    [
        (1, False, FrameState.PENDING),
        (MAX_TRIES - 1, False, FrameState.PENDING),
        (MAX_TRIES, False, FrameState.FAILED),
        (MAX_TRIES + 1, False, FrameState.FAILED),
        (1, True, FrameState.FAILED),
    ],
)
def test_a_frame_is_tried_three_times_unless_it_cannot_help(tries, permanent, expected):
    assert after_failure(tries, permanent=permanent) is expected


@pytest.mark.parametrize(
    ("done", "failed", "hopeless"),
    [(0, HOPELESS_FRAMES, True), (0, HOPELESS_FRAMES - 1, False), (1, 100, False)],
)
def test_a_shot_is_hopeless_when_its_first_frames_all_failed(done, failed, hopeless):
    assert is_hopeless(tally(pending=50, done=done, failed=failed)) is hopeless


@given(*[st.integers(0, 99)] * 4)
def test_what_is_not_counted_is_rendering(pending, done, failed, rendering):
    assert tally(pending, done, failed, rendering).rendering_count == rendering
