from __future__ import annotations

import pytest
from flask import Flask

from dashboard.links import linked


@pytest.fixture(autouse=True)
def app():
    app = Flask("test")
    app.add_url_rule("/shots/<int:shot_id>", "shot.page")
    app.add_url_rule("/nodes/<name>", "node.page")
    with app.test_request_context():
        yield


def test_shots_and_nodes_become_links():
    assert linked("atlas renders shot 12 for 12 frames.", ["atlas"]) == (
        '<a href="/nodes/atlas">atlas</a> renders <a href="/shots/12">shot 12</a> for 12 frames.'
    )


@pytest.mark.parametrize(
    ("text", "nodes", "expected"),
    [
        pytest.param("a in atlas", ["a"], '<a href="/nodes/a">a</a> in atlas', id="whole-names"),
        pytest.param(
            "n-1, n-10.",
            ["n-1", "n-10"],
            '<a href="/nodes/n-1">n-1</a>, <a href="/nodes/n-10">n-10</a>.',
            id="one-begins-another",
        ),
        pytest.param("2 shots, hotshot 3", [], "2 shots, hotshot 3", id="no-number-of-a-shot"),
    ],
)
def test_only_whole_names_are_links(text, nodes, expected):
    assert linked(text, nodes) == expected


def test_what_others_wrote_stays_text():
    assert linked("shot 9 “<b>”", ["<b>"]) == (
        '<a href="/shots/9">shot 9</a> “<a href="/nodes/%3Cb%3E">&lt;b&gt;</a>”'
    )
