from __future__ import annotations

from datetime import date

import pytest

from brender_farm.service.shapes.shots import Page
from dashboard.filter_chips import chips_of

MARCH = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("filtered", "words"),
    [
        ({"search": "fog"}, "“fog”"),
        ({"show_id": 3}, "of Aurora"),
        ({"show_id": 4}, "of show 4"),
        ({"show_id": 0}, "of no show"),
        ({"submitter": "mira"}, "by mira"),
        ({"min_priority": 50}, "priority 50 or more"),
        ({"max_priority": 0}, "priority 0 or less"),
        ({"min_priority": 50, "max_priority": 80}, "priority 50 to 80"),
        ({"min_priority": 50, "max_priority": 50}, "priority 50"),
        ({"since": MARCH}, "submitted since 2026-03-01"),
        ({"until": MARCH}, "submitted until 2026-03-01"),
        ({"since": MARCH, "until": MARCH}, "submitted 2026-03-01"),
        ({"archived": "only"}, "archived"),
    ],
    ids=str,
)
def test_a_filter_is_told_in_words_and_may_be_taken_away(filtered, words):
    (chip,) = chips_of(Page(**filtered), {3: "Aurora"})
    assert (chip.words, chip.args) == (words, {})


def test_what_is_taken_away_leaves_the_rest_and_the_order():
    first, second = chips_of(Page(search="fog", submitter="mira", sort="name", number=3), {})
    assert first.args == {"submitter": "mira", "sort": "name"}
    assert second.args == {"search": "fog", "sort": "name"}
