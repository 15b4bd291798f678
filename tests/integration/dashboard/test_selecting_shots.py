"""Selecting shots in a real browser, while the farm changes the list under the pointer."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from tests.waiting import wait_for

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.xdist_group("acceptance"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="no `chromium` on PATH (Debian: apt install chromium)"
    ),
]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture
def url(farm) -> Iterator[str]:
    """Serve a farm with thirty shots; return the address of its list, 25 of them on a page."""
    for number in range(30):
        farm.add_shot(f"fog_{number:02}")
    server = make_server("127.0.0.1", 0, farm.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/shots?size=25"
    server.shutdown()
    thread.join()


@pytest.fixture
def page(url) -> Iterator[sync_api.Page]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.goto(url)
        yield opened
        browser.close()


def pick(page, row: int, **how) -> None:
    page.locator("tbody .pick-cell").nth(row - 1).click(**how)


def count(page) -> str:
    return page.inner_text("#bulk-count")


def place_of_the_table(page) -> object:
    return page.evaluate(
        "Object.values(document.querySelector('table.shots').getBoundingClientRect().toJSON())"
    )


def test_a_selection_outlives_what_the_farm_changes(farm, page):
    before = place_of_the_table(page)
    assert not page.is_visible(".bulkbar")
    pick(page, 2)
    pick(page, 5, modifiers=["Shift"])
    assert (count(page), page.is_visible(".bulkbar")) == ("4 selected", True)
    assert place_of_the_table(page) == before, "the bar moves nothing"
    page.fill("#bulk-priority", "88")
    farm.client.patch("/api/v1/shots/30", json={"priority": 93})
    wait_for(lambda: "93" in page.inner_text("#shot-30"), "the poll brings the new priority")
    assert count(page) == "4 selected"
    assert page.locator(".pick:checked").count() == 4
    assert page.input_value("#bulk-priority") == "88"
    page.click("button[value=priority]:not([aria-hidden])")
    page.wait_for_selector(".flash >> text=4 shots given the new priority.")
    assert page.inner_text("#shot-29 .c-priority") == "88"


def test_all_on_the_page_all_that_match_and_none(page):
    page.click("th .pick-cell")
    assert count(page) == "25 selected"
    page.check("#pick-all")
    assert count(page) == "30 selected"
    pick(page, 3)
    assert (count(page), page.is_checked("#pick-all")) == ("24 selected", False)
    page.click(".bulk-clear")
    wait_for(lambda: not page.is_visible(".bulkbar"), "nothing is selected")
    page.focus("#shot-28 .stretched-link")
    page.keyboard.press("x")
    assert count(page) == "1 selected"


def test_what_is_typed_into_the_search_takes_back_all_that_match(page):
    page.click("th .pick-cell")
    page.check("#pick-all")
    page.fill("[name=search]", "fog_0")
    page.wait_for_url(re.compile("search=fog_0"))
    wait_for(lambda: page.locator("tbody tr").count() == 10, "the list is searched")
    assert count(page) == "5 selected", "those that are shown still"


def test_a_filter_leaves_a_short_address_and_keeps_the_search(page):
    page.fill("[name=search]", "fog")
    page.wait_for_url(re.compile("search=fog"))
    page.click(".filter-menu summary")
    page.check("[name=state][value=queued]")
    page.check("[name=state][value=failed]")
    page.click(".filter-form .btn-primary")
    page.wait_for_url(re.compile("state="))
    query = page.url.partition("?")[2].replace("%2C", ",")
    assert set(query.split("&")) == {"search=fog", "state=queued,failed", "size=25"}
