from __future__ import annotations

import pytest

from brender_farm.domain.standing import Standing, standing_of
from brender_farm.domain.states import NodeIntent

WELL = {
    "intent": NodeIntent.ENABLED,
    "online": True,
    "is_sick": False,
    "in_trouble": False,
    "is_closed": False,
    "is_busy": False,
    "is_unwell": False,
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, Standing.IDLE, id="nothing special"),
        pytest.param({"is_busy": True}, Standing.RENDERING, id="busy"),
        pytest.param({"is_busy": True, "is_unwell": True}, Standing.RENDERING, id="busy, unwell"),
        pytest.param({"is_unwell": True}, Standing.UNWELL, id="unwell"),
        pytest.param({"is_closed": True, "is_busy": True}, Standing.CLOSED, id="after its hours"),
        pytest.param({"in_trouble": True, "is_closed": True}, Standing.TROUBLE, id="in trouble"),
        pytest.param(
            {"intent": NodeIntent.DRAINING, "is_busy": True}, Standing.DRAINING, id="draining"
        ),
        pytest.param({"intent": NodeIntent.DISABLED}, Standing.DISABLED, id="disabled"),
        pytest.param(
            {"online": False, "intent": NodeIntent.DISABLED}, Standing.OFFLINE, id="offline"
        ),
        pytest.param({"is_sick": True, "online": False}, Standing.SICK, id="sick above all"),
    ],
)
def test_what_weighs_most_is_what_a_node_is(changes, expected):
    assert standing_of(**(WELL | changes)) is expected
