"""Whatever stands in an address or a form is read as something, never a crash."""

from __future__ import annotations

import json

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from werkzeug.datastructures import MultiDict

from dashboard.chosen import chosen_ids, read_runs, write_runs
from dashboard.links import linked
from dashboard.node_paging import node_page_of
from dashboard.paging import args_of, page_of, plain_query, query_of, whole
from tests.unit.texts import TEXTS

NAMES = st.sampled_from(
    ["search", "state", "show", "submitter", "min_priority", "max_priority", "since", "until",
     "archived", "sort", "page", "size", "pool", "tag", "view", "order", "gpu", "version"]
)  # fmt: skip
APP = Flask("links")
APP.add_url_rule("/shots/<int:shot_id>", "shot.page")
APP.add_url_rule("/nodes/<name>", "node.page")
QUERIES = st.dictionaries(NAMES, TEXTS, max_size=8)


@given(QUERIES)
def test_a_list_of_shots(query):
    page = page_of(MultiDict(query))
    written = {name: str(value) for name, value in args_of(page).items()}
    assert page_of(MultiDict(written)) == page
    assert isinstance(query_of(page), str)


@given(QUERIES, st.booleans())
def test_a_list_of_nodes(query, cards):
    assert node_page_of(MultiDict(query), cards=cards) is not None


@given(TEXTS)
def test_a_kept_filter(text):
    assert plain_query(plain_query(text)) == plain_query(text)


@given(TEXTS)
def test_a_number(text):
    assert isinstance(whole(text, 7), int)


@given(TEXTS, st.lists(st.integers(1, 10**6), max_size=30))
def test_chosen_shots(text, ids):
    read_runs(text)
    assert read_runs(write_runs(ids)) == sorted(set(ids))
    assert all(isinstance(one, int) for one in chosen_ids(MultiDict({"shot": text})))


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_words_with_links_in_them_stay_escaped(text, nodes):
    with APP.test_request_context():
        made = str(linked(text, nodes))
    without = made.replace("</a>", "")
    assert "<" not in without.replace('<a href="', "")
    assert json.dumps(made)
    assert str(escape(text)) == made or "<a href=" in made
