from __future__ import annotations

import pytest

from brender_farm.broker.figures import (
    KEY,
    FigurePost,
    HistogramFigures,
    SchedulerFigures,
    read_figures,
)
from brender_farm.broker.link import connect

FIGURES = SchedulerFigures(
    counts={"frames_done": 7.0},
    histograms={"plan": HistogramFigures(bounds=(0.1, 1.0), counts=(3, 2, 1), total_s=4.5)},
)


@pytest.fixture
def client(broker_url):
    with connect(broker_url) as client:
        yield client


def test_figures_are_kept_for_a_minute(client):
    FigurePost(client, lambda: FIGURES).note()
    assert read_figures(client) == FIGURES
    assert 0 < client.ttl(KEY) <= 60


def test_they_are_posted_every_other_second_at_most(client):
    post = FigurePost(client, lambda: FIGURES)
    post.note()
    client.delete(KEY)
    post.note()
    assert read_figures(client) is None


def test_a_broker_that_is_away_holds_nobody_up():
    FigurePost(connect("redis://127.0.0.1:1/0", timeout_s=0.1), lambda: FIGURES).note()


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b'{"counts": {"a": "b"}, "histograms": {}}'])
def test_what_is_in_no_agreed_form_is_nothing(client, text):
    client.set(KEY, text)
    assert read_figures(client) is None
