from __future__ import annotations

import pytest

from brender_farm.domain.first import first_of
from brender_farm.domain.frames import FrameList
from brender_farm.errors import FrameSyntaxError


@pytest.mark.parametrize(
    ("frames", "pattern", "expected"),
    [
        pytest.param("1-100", "x25", [1, 26, 51, 76], id="every-25th"),
        pytest.param("10-1", "x4", [10, 6, 2], id="every-4th-of-what-is-asked-for"),
        pytest.param("1-100", "7,3,200", [7, 3], id="notation"),
        pytest.param("1-9", "ends", [1, 9, 5, 3, 7, 2, 4, 6, 8], id="ends-middle-quarters-eighths"),
        pytest.param("4", "ends", [4], id="one-frame"),
        pytest.param("1-2", "ends", [1, 2], id="two-frames"),
    ],
)
def test_a_pattern_says_what_comes_first(frames, pattern, expected):
    assert first_of(FrameList.parse(frames), pattern) == expected


@pytest.mark.parametrize("pattern", ["200-300", "x", "every tenth", "ends,5"])
def test_a_pattern_that_puts_nothing_first_is_refused(pattern):
    with pytest.raises(FrameSyntaxError):
        first_of(FrameList.parse("1-100"), pattern)
