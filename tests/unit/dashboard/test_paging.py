from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from brender_farm.service.shapes.shots import Page
from dashboard.paging import Slice, args_of, page_of, plain_query, query_of, whole


def test_the_address_says_which_part_of_the_list_is_shown():
    page = page_of({"search": " fog ", "state": "failed", "sort": "name", "page": "3"})
    assert page == Page(search="fog", state="failed", sort="name", number=3)


@pytest.mark.parametrize(
    "args",
    [{"page": "-1"}, {"page": "x"}, {"page": "9" * 30}, {"size": "999999"}, {"state": "burning"}],
    ids=str,
)
def test_what_makes_no_sense_falls_back_to_the_default(args):
    assert page_of(args) == Page(search="", state="", sort="-id", number=1, size=50)


def test_an_address_names_only_what_is_not_the_default():
    assert args_of(page_of({})) == {}
    assert args_of(page_of({"page": "2", "state": "failed"})) == {"state": "failed", "page": 2}


def test_a_new_filter_begins_at_the_first_page():
    assert args_of(page_of({"page": "4"}), state="failed") == {"state": "failed"}


def test_the_last_page_may_be_short():
    part = Slice(number=3, size=50, total=120)
    assert (part.last, part.first_item, part.last_item, part.offset) == (3, 101, 120, 100)


def test_an_empty_list_has_one_page():
    assert Slice(number=1, size=50, total=0).last == 1


def test_only_plain_digits_are_a_number():
    assert [whole(text, 7) for text in ("12", "١٢", "1e3", None)] == [12, 7, 7, 7]


def test_everything_that_a_list_is_filtered_by_is_in_its_address():
    asked = {
        "state": "failed,paused",
        "show": "3",
        "submitter": "mira",
        "min_priority": "50",
        "max_priority": "80",
        "since": "2026-03-01",
        "until": "2026-03-31",
        "archived": "all",
    }
    page = page_of(asked)
    assert (page.states, page.show_id, page.since) == (("paused", "failed"), 3, date(2026, 3, 1))
    assert args_of(page) == asked | {
        "state": "paused,failed",
        "show": 3,
        "min_priority": 50,
        "max_priority": 80,
    }
    assert plain_query(f"?{query_of(page)}&page=7&nonsense=1") == query_of(page)


def test_a_form_gives_states_one_by_one():
    assert page_of(MultiDict([("state", "failed"), ("state", "paused")])).state == "paused,failed"


@pytest.mark.parametrize(
    "args",
    [
        {"show": "x"},
        {"show": "-1"},
        {"min_priority": "101"},
        {"max_priority": "low"},
        {"since": "yesterday"},
        {"until": "2026-02-30"},
        {"archived": "maybe"},
        {"state": "burning,,"},
    ],
    ids=str,
)
def test_a_filter_that_makes_no_sense_falls_away(args):
    assert page_of(args) == Page()
