from __future__ import annotations

import re

import pytest

from tests.waiting import wait_for


@pytest.fixture
def rendering(farm):
    """Return the number of a shot with 100 frames of 2 s to go, on two slots."""
    farm.add_node()
    return farm.add_shot("lantern", done=20, count=120, work_seconds=40.0, work_squared=80.0)


def test_the_list_tells_when_each_shot_and_all_of_them_are_done(farm, rendering):
    wait_for(lambda: "All of it done in about 100 s" in farm.text("/shots"), "the queue's end")
    cell = re.search(r'<td class="c-time-left num">(.*?)</td>', farm.text("/shots"), re.DOTALL)[1]
    assert re.sub(r"<[^>]+>", "", cell).strip() == "100 s (95–115)"


def test_a_shots_page_tells_when_it_is_done(farm, rendering):
    wait_for(lambda: "about 100 s" in farm.text(f"/shots/{rendering}"), "the time left")


def test_what_cannot_be_told_is_left_out_and_counted(farm, rendering):
    farm.add_shot("mast", tags=["tape"])
    wait_for(lambda: "All but 1 shot done in" in farm.text("/shots"), "what is left out")


def test_the_api_tells_the_time_left_with_its_spread(farm, rendering):
    def told():
        found = farm.get("/api/v1/shots").json
        return found if found["queue_left_s"] else None

    found = wait_for(told, "a forecast")
    (row,) = found["shots"]
    one = farm.get(f"/api/v1/shots/{rendering}").json
    for shot in (row, one):
        assert shot["time_left_s"] == pytest.approx(100.0)
        assert shot["time_left_low_s"] < 100.0 < shot["time_left_high_s"]
    assert found["queue_left_s"] == row["time_left_s"]
    assert found["untold_count"] == 0


def test_a_forecast_alone_makes_no_page_new_at_every_poll(farm, rendering):
    wait_for(lambda: "All of it done" in farm.text("/shots"), "a forecast")
    poll = re.search(r'hx-get="(/shots/live\?[^"]*)"', farm.text("/shots"))[1]
    farm.get("/api/v1/shots")
    assert farm.get(poll.replace("&amp;", "&")).status_code == 304
