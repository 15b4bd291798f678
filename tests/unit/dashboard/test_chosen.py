from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from brender_farm.service.bulk import MAX_SHOTS
from dashboard.chosen import chosen_ids, read_runs, write_runs


def test_checked_shots_and_runs_are_chosen_together():
    form = MultiDict([("shot", "3"), ("shot", "x"), ("shot", "0"), ("shot", "9"), ("ids", "20-22")])
    assert chosen_ids(form) == [3, 9, 20, 21, 22]


@pytest.mark.parametrize(
    ("ids", "text"), [([], ""), ([5], "5"), ([3, 1, 2, 9, 2], "1-3,9"), (range(1, 9), "1-8")]
)
def test_numbers_are_written_as_runs_and_read_back(ids, text):
    assert write_runs(ids) == text
    assert read_runs(text) == sorted(set(ids))


@pytest.mark.parametrize("text", ["x", "-5", "0-3", "9-1", "1-x-2", "٣", ",,", "1--"])
def test_what_is_no_run_chooses_at_most_what_it_begins_with(text):
    assert len(read_runs(text)) <= 1


def test_no_more_is_read_than_may_be_chosen_and_one_to_tell_so():
    assert len(read_runs("1-999999999,5-999999999")) == MAX_SHOTS + 1
