"""What is set for the whole farm."""

from __future__ import annotations

import pytest

from brender_farm.errors import NotFound, RequestRefused
from brender_farm.service.events import EventFilter, list_events
from brender_farm.service.farm_settings import all_settings, change_setting

from .core_farm import CoreFarm


def test_a_setting_is_what_it_was_set_to_and_the_change_is_an_event(farm: CoreFarm) -> None:
    assert all_settings()["films"] is True

    assert change_setting("films", "no", actor="mira") is False
    assert change_setting("slow_factor", "2.5", actor="mira") == 2.5

    assert all_settings()["films"] is False
    assert all_settings()["slow_factor"] == 2.5
    told = [line.event.reason for line in list_events(EventFilter(subject="setting")).lines]
    assert "Preview films: on → off." in told


@pytest.mark.parametrize(
    ("name", "text"),
    [("films", "perhaps"), ("slow_factor", "1"), ("slow_factor", "x"), ("archive_after_days", 1.5)],
)
def test_what_a_setting_cannot_be_is_refused_with_what_it_may(
    farm: CoreFarm, name: str, text: str | float
) -> None:
    before = all_settings()

    with pytest.raises(RequestRefused) as refused:
        change_setting(name, text, actor="mira")

    assert refused.value.faults[0].field == name
    assert refused.value.faults[0].remedy
    assert all_settings() == before


def test_a_setting_that_is_none_is_named_with_those_that_are(farm: CoreFarm) -> None:
    with pytest.raises(NotFound, match="slow_factor"):
        change_setting("speed", 1, actor="mira")
