"""Being told in the browser, and the keyboard, over a farm that renders with a real Blender."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.acceptance import test_pages as pages
from tests.acceptance.browsing import sync_api
from tests.farm import Farm
from tests.receivers import Hook, receiving
from tests.waiting import wait_for

pytestmark = pages.pytestmark

DESKTOP = """
window.shown = [];
window.Notification = class {
  static permission = "default";
  static async requestPermission() { return this.permission = "granted"; }
  constructor(title, options) { window.shown.push(`${title}: ${options.body}`); }
};
"""
"""A desktop that keeps what is shown on it."""
LOOKING = "on => { Document.prototype.hasFocus = () => on; dispatchEvent(new Event('focus')); }"


@pytest.fixture
def tabs(browser: sync_api.Browser, real_farm: Farm) -> Iterator[list[sync_api.Page]]:
    """Two tabs of one browser with the list of shots."""
    context = browser.new_context()
    context.add_init_script(DESKTOP)
    opened = [context.new_page(), context.new_page()]
    for tab in opened:
        tab.goto(f"{real_farm.settings.url}/shots")
    yield opened
    context.close()


def choose(tab: sync_api.Page, value: str) -> None:
    tab.click(".bell summary")
    tab.check(f".bell [value={value}]")


def icon(tab: sync_api.Page) -> str:
    return str(tab.get_attribute("link[rel=icon]", "href"))


def asking(tab: sync_api.Page) -> bool:
    return bool(tab.evaluate("localStorage.getItem('brender-news-place')"))


def test_a_rendered_shot_is_told_to_a_webhook_that_was_added_on_the_page(
    real_farm: Farm, page: sync_api.Page
) -> None:
    hook = Hook()
    with receiving(hook):
        page.goto(f"{real_farm.settings.url}/notices")
        page.fill("#address", hook.address)
        page.click(".notices-form .btn-primary")
        page.wait_for_selector(".notices >> text=Nothing sent yet")
        page.click(".notices >> text=Send a test")
        page.wait_for_selector("text=The test message was taken by")
        pages.submit(real_farm, page, "Hooked", "1-2")
        wait_for(lambda: len(hook.posted) > 1, "the farm tells it")
        assert hook.posted[1]["title"].endswith("Hooked completed")
        assert f"{real_farm.settings.url}/shots/" in hook.posted[1]["message"]
        page.goto(f"{real_farm.settings.url}/notices")
        page.click("text=Change…")
        page.click("text=Remove json://127.0.0.1")
        page.wait_for_selector("text=You are told no more by")


def test_a_shot_that_ends_while_one_looks_elsewhere_is_told(
    real_farm: Farm, tabs: list[sync_api.Page]
) -> None:
    one, two = tabs
    assert one.evaluate("Notification.permission") == "default"
    choose(one, "mine")
    wait_for(lambda: "message of your desktop" in one.inner_text(".bell p"), "it is allowed")
    assert one.get_attribute(".bell summary", "aria-label") == "Notifications: mine shots"
    wait_for(lambda: asking(one), "the farm was asked where it is")
    pages.submit(real_farm, two, "Told", "1-2")
    for tab in tabs:
        tab.evaluate(LOOKING, False)

    wait_for(lambda: all(tab.title().startswith("✓ Told") for tab in tabs), "the tabs are marked")

    assert all("mark-done.svg" in icon(tab) for tab in tabs)
    shown = one.evaluate("shown") + two.evaluate("shown")
    assert len(shown) == 1
    assert re.match(r"Shot \d+ Told completed: All 2 frames are done", shown[0])
    assert "Told completed" in two.inner_text(".told[role=status]")

    two.evaluate(LOOKING, True)
    wait_for(lambda: not any("✓" in tab.title() for tab in tabs), "the marks are gone")
    assert not any("mark-done" in icon(tab) for tab in tabs)
    two.click(".told >> text=completed")
    two.wait_for_url(re.compile(r"/shots/\d+$"))


def test_who_looks_at_the_page_is_told_on_it_and_not_by_the_desktop(
    real_farm: Farm, tabs: list[sync_api.Page]
) -> None:
    one, two = tabs
    choose(one, "all")
    wait_for(lambda: asking(one), "the farm was asked where it is")
    one.evaluate(LOOKING, True)
    pages.submit(real_farm, two, "Seen", "1")
    two.evaluate(LOOKING, True)

    one.wait_for_selector(".told >> text=Seen completed")

    assert one.title() == "Shots · Brender"
    assert one.evaluate("shown") + two.evaluate("shown") == []
    one.click(".told button")
    assert one.locator(".told p").count() == 0


def test_nothing_is_asked_of_the_farm_until_one_wants_to_be_told(
    real_farm: Farm, page: sync_api.Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{real_farm.settings.url}/shots")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/news" in url or "notify.js" in url]

    choose(page, "mine")
    wait_for(lambda: asking(page), "the farm was asked")
    assert [url for url in asked if "/news?" in url]
    page.check(".bell [value=off]")
    assert "tells nothing" in page.inner_text(".bell p")


def test_who_chooses_before_the_script_is_there_is_told(
    real_farm: Farm, page: sync_api.Page
) -> None:
    page.goto(f"{real_farm.settings.url}/shots")
    page.wait_for_load_state("networkidle")
    held: list[sync_api.Route] = []

    def hold(route: sync_api.Route) -> None:
        held.append(route)

    page.route("**/notify.js*", hold)

    choose(page, "mine")
    wait_for(lambda: held or page.wait_for_timeout(50), "the script is asked for")
    held[0].continue_()
    wait_for(lambda: asking(page), "the farm was asked")
    assert page.is_checked(".bell [value=mine]")


def test_keys_lead_to_pages_and_through_lists(real_farm: Farm, page: sync_api.Page) -> None:
    for name in ("First", "Second"):
        pages.submit(real_farm, page, name, "1")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/shots")

    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "First"
    page.keyboard.press("k")
    assert focused(page) == "Second"
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/shots/\d+$"))
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/nodes")


def focused(page: sync_api.Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


def test_what_is_typed_is_no_shortcut(real_farm: Farm, page: sync_api.Page) -> None:
    page.goto(f"{real_farm.settings.url}/shots")
    page.keyboard.press("/")
    page.keyboard.type("gn?j")
    assert page.input_value("[type=search]") == "gn?j"
    assert page.locator("dialog").count() == 0
    page.click("h1")
    page.keyboard.press("Control+j")
    page.keyboard.press("Alt+g")
    page.keyboard.press("n")
    assert page.url.split("?")[0].endswith("/shots")


def test_the_list_of_keys_is_of_this_page_and_letters_can_be_turned_off(
    real_farm: Farm, page: sync_api.Page
) -> None:
    page.goto(f"{real_farm.settings.url}/shots")
    page.keyboard.press("?")
    words = page.inner_text("dialog[open]")
    assert all(said in words for said in ("Search shots", "Tick the row", "Next row", "Overview"))
    assert focused(page) == "Close"
    page.uncheck("dialog input")
    page.keyboard.press("Escape")
    wait_for(lambda: page.locator("dialog").count() == 0, "the list is gone")

    for key in ("/", "?", "j", "g", "n"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.id || document.activeElement.tagName") == "BODY"
    assert page.url.endswith("/shots")

    page.click(".mainnav .menu summary")
    page.click("text=Keyboard")
    page.check("dialog[open] input")
    page.click("dialog >> text=Close")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "search"
