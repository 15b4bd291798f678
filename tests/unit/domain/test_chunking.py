from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm.domain.chunking import TARGET_S, next_chunk_size


def size(
    pending: int, *, fixed: int | None = None, slots: int = 1, seconds: float | None = None
) -> int:
    return next_chunk_size(
        fixed=fixed,
        pending_count=pending,
        seconds_per_frame=seconds,
        speed=1.0,
        capacity=slots,
    )


@pytest.mark.parametrize(
    ("pending", "given_", "expected"),
    [
        pytest.param(100, {"fixed": 7}, 7, id="what-the-artist-says"),
        pytest.param(3, {"fixed": 7}, 3, id="no-more-than-there-are"),
        pytest.param(100, {}, 1, id="one-while-nothing-is-known"),
        pytest.param(100_000, {"seconds": 1.0}, 15, id="about-fifteen-seconds"),
        pytest.param(100, {"seconds": 3600.0}, 1, id="a-long-frame-goes-alone"),
        pytest.param(20, {"seconds": 0.01, "slots": 5}, 2, id="shared-at-the-end"),
        pytest.param(2, {"seconds": 0.01, "slots": 5}, 1, id="the-last-ones-singly"),
        pytest.param(1000, {"seconds": 0.0}, 500, id="no-time-at-all"),
        pytest.param(1000, {"seconds": 0.0, "slots": 0}, 500, id="no-slot-known"),
    ],
)
def test_the_next_chunk_has_as_many_frames_as_fit(pending, given_, expected):
    assert size(pending, **given_) == expected


@given(
    st.integers(1, 1_000_000),
    st.one_of(st.none(), st.integers(1, 2_000_000)),
    st.integers(0, 5000),
    st.one_of(st.none(), st.floats(0, 1e6)),
)
def test_a_chunk_is_never_empty_and_never_more_than_pending(pending, fixed, slots, seconds):
    assert 1 <= size(pending, fixed=fixed, slots=slots, seconds=seconds) <= pending


@given(st.integers(1, 1_000_000), st.integers(1, 500), st.floats(0.001, 1000))
def test_an_automatic_chunk_is_one_frame_or_within_its_time(pending, slots, seconds):
    frames = size(pending, slots=slots, seconds=seconds)
    assert frames == 1 or frames * seconds <= TARGET_S * 1.0001


@given(st.integers(1, 5000), st.integers(1, 50), st.floats(0.001, 20))
def test_chunks_never_grow_towards_the_end(pending, slots, seconds):
    sizes = []
    while pending:
        sizes.append(size(pending, slots=slots, seconds=seconds))
        pending -= sizes[-1]
    assert sizes == sorted(sizes, reverse=True)


def test_a_faster_node_gets_more_frames_in_the_same_time():
    sizes = [
        next_chunk_size(
            fixed=None, pending_count=1000, seconds_per_frame=1.0, speed=speed, capacity=3.5
        )
        for speed in (0.5, 1.0, 2.0)
    ]
    assert sizes == [7, 15, 30]


def test_towards_the_end_each_node_gets_its_share_by_speed():
    sizes = [
        next_chunk_size(
            fixed=None, pending_count=70, seconds_per_frame=0.01, speed=speed, capacity=3.5
        )
        for speed in (0.5, 1.0, 2.0)
    ]
    assert sizes == [5, 10, 20]
