"""Requests that the OpenAPI document allows, and some that it does not: all answered as it says."""

from __future__ import annotations

import pytest

from tests.fuzz_api import AS, ON_AN_OPEN_FARM, fuzz, fuzzed_farm


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("who", AS)
def test_every_operation_answers_as_described_and_changes_nothing_without_the_right(who):
    with fuzzed_farm(open_to_all=who == ON_AN_OPEN_FARM) as farm:
        report = fuzz(farm, who, cases=0)
    assert report.sent > 150
    assert report.wrong == {}
