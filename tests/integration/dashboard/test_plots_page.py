"""What each frame took, as plots."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from brender_farm.db.models import Frame
from brender_farm.service.frame_figures import MOST_FRAMES
from tests.integration.dashboard.conftest import done_frame

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def figures(farm, shot_id, figure="seconds"):
    return farm.get(f"/shots/{shot_id}/plots/{figure}.json").json


def series(told):
    return {each["label"]: each["values"] for each in told["series"]}


def test_every_frame_of_a_small_shot_is_a_point(farm):
    shot_id = farm.add_shot(done=3)
    told = figures(farm, shot_id)
    assert (told["x"], told["unit"], told["over"]) == ([1, 2, 3], "seconds", "frame")
    assert series(told) == {"Each frame": [2.0, 2.0, 2.0]}
    assert series(figures(farm, shot_id, "memory")) == {"Each frame": [10**8] * 3}


def test_a_few_nodes_have_a_series_each(farm):
    shot_id = farm.add_shot(done=3)
    chunks = [farm.add_chunk(shot_id, farm.add_node(name)) for name in ("atlas", "boreas")]
    with farm.writing() as session:
        for number, chunk in ((1, chunks[0]), (2, chunks[1]), (3, chunks[0])):
            session.get(Frame, (shot_id, number)).chunk_id = chunk
    assert series(figures(farm, shot_id)) == {
        "atlas": [2.0, None, 2.0],
        "boreas": [None, 2.0, None],
    }


def test_failed_tries_are_marked(farm):
    shot_id = farm.add_shot(done=3)
    with farm.writing() as session:
        session.get(Frame, (shot_id, 2)).tries = 1
        failed = session.get(Frame, (shot_id, 3))
        failed.state, failed.tries = "failed", 3
    told = series(figures(farm, shot_id))
    assert told["Each frame"] == [2.0, 2.0, None]  # its seconds are of an earlier picture
    assert told["Failed tries"] == [None, 2.0, 0.0]


@pytest.mark.parametrize("extra", [1, 4000])
def test_neighbours_share_a_point_in_a_large_shot(farm, extra):
    shot_id = farm.add_shot(count=MOST_FRAMES + extra)
    numbers = range(1, MOST_FRAMES + extra + 1)
    with farm.writing() as session:
        first = done_frame(shot_id, 1, NOW)
        names = ("shot_id", "state", "byte_count", "digest", "peak_bytes", "at")
        same = {name: getattr(first, name) for name in names}
        rows = [
            same | {"frame": number, "seconds": float(number % 10), "tries": int(number == 7)}
            for number in numbers
        ]
        session.execute(insert(Frame), rows)
    told = figures(farm, shot_id)
    assert len(told["x"]) <= 1000
    shown = series(told)
    assert max(shown["Most"]) == 9.0
    assert all(low <= high for low, high in zip(shown["Median"], shown["Most"], strict=True))
    assert sum(value is not None for value in shown["Failed tries"]) == 1


def test_a_large_shot_costs_as_few_questions_as_a_small_one(farm):
    shot_id = farm.add_shot(done=3)
    with farm.counted_queries() as queries:
        figures(farm, shot_id)
    assert len(queries) <= 3


def test_the_slowest_and_heaviest_frames_are_named(farm):
    shot_id = farm.add_shot(done=3)
    with farm.writing() as session:
        session.get(Frame, (shot_id, 2)).seconds = 30.0
        session.get(Frame, (shot_id, 3)).peak_bytes = 3 * 10**9
    page = farm.text(f"/shots/{shot_id}/plots")
    slowest = page.index("Slowest frames")
    assert page.index(f"/shots/{shot_id}/frames/2", slowest) < page.index("30.0 s", slowest)
    assert "3.0 GB" in page
    assert f'data-open="/shots/{shot_id}/frames/0"' in page


def test_a_shot_without_frames_has_an_empty_plot(farm):
    shot_id = farm.add_shot()
    told = figures(farm, shot_id)
    assert (told["x"], told["empty"]) == ([], "No frame has been rendered yet.")
    assert "No frame has been rendered yet" in farm.text(f"/shots/{shot_id}/plots")


def test_there_are_no_other_plots(farm):
    shot_id = farm.add_shot()
    assert farm.get(f"/shots/{shot_id}/plots/colour.json").status_code == 404
    assert farm.get("/shots/99/plots/seconds.json").status_code == 404
