from __future__ import annotations

import pytest

from brender_farm.domain.reckoning import Want, reckon


def want(id_: int, work_s: float, *, priority: int = 50, most: float = 1.0, opens_s: float = 0.0):
    return Want(shot_id=id_, priority=priority, work_s=work_s, most=most, opens_s=opens_s)


@pytest.mark.parametrize(
    ("wants", "ends"),
    [
        pytest.param([want(1, 40)], {1: 110.0}, id="one-has-all-slots"),
        pytest.param([want(1, 20), want(2, 40)], {1: 110.0, 2: 115.0}, id="two-share-them"),
        pytest.param(
            [want(1, 20), want(2, 20, priority=90)], {1: 110.0, 2: 105.0}, id="priority-first"
        ),
        pytest.param(
            [want(n, 4) for n in range(1, 7)],
            {1: 104.0, 2: 104.0, 3: 104.0, 4: 104.0, 5: 106.0, 6: 106.0},
            id="more-than-slots-take-turns-by-age",
        ),
        pytest.param([want(1, 40, most=0.25)], {1: 140.0}, id="a-limit-of-one-slot"),
        pytest.param([want(1, 40, opens_s=200)], {1: 210.0}, id="a-start-time"),
        pytest.param([], {}, id="nothing"),
    ],
)
def test_shots_end_by_their_shares_of_four_slots(wants, ends):
    assert reckon(wants, slots=4, speed=4.0, now_s=100.0) == pytest.approx(ends)
