from __future__ import annotations

from brender_farm.domain.histogram import Histogram


def test_each_time_counts_for_the_first_bound_that_it_does_not_exceed():
    seen = Histogram((0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 1.0, 7.0, -0.01):
        seen.observe(seconds)
    assert seen.counts == [3, 2, 1]
    assert seen.total_s == 0.05 + 0.1 + 0.5 + 1.0 + 7.0
