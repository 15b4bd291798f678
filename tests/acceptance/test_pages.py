"""The pages in a real browser, over a farm that renders with a real Blender."""

from __future__ import annotations

import re

import pytest

from tests.farm import Farm
from tests.waiting import wait_for

from .browsing import sync_api

pytestmark = pytest.mark.xdist_group("acceptance")


def submit(farm: Farm, page: sync_api.Page, name: str, frames: str) -> None:
    blend = farm.blend()
    page.goto(f"{farm.settings.url}/submit?file={blend}")
    page.fill("#name", name)
    page.fill("#frames", frames)
    page.click(".submit-form .btn-primary")
    page.wait_for_url(re.compile(r"/shots/\d+$"))


def test_a_shot_is_submitted_and_its_frames_appear_by_themselves(
    real_farm: Farm, page: sync_api.Page
) -> None:
    submit(real_farm, page, "Seen in a browser", "1-4")

    page.wait_for_selector(".shot-title .tone-done")

    assert page.locator(".grid .cell.tone-done img").count() == 4
    wait_for(lambda: pictures_shown(page) == 4, "four thumbnails are painted")
    assert page.title().startswith("100 % · Seen in a browser")


def test_a_frame_opens_large_and_the_arrow_key_leads_to_the_next(
    real_farm: Farm, page: sync_api.Page
) -> None:
    submit(real_farm, page, "Frame by frame", "1-2")
    page.wait_for_selector(".shot-title .tone-done")

    page.click("text=Play")
    page.wait_for_selector("[data-player=frame] >> text=Frame 1")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("[data-player=frame] >> text=Frame 2")
    page.go_back()

    page.click("#f-1 a")
    page.wait_for_selector(".viewer img")
    page.keyboard.press("ArrowRight")

    page.wait_for_url(re.compile(r"/frames/2$"))
    assert "anna" in page.inner_text(".facts")


def test_the_map_of_a_long_shot_opens_the_frame_that_is_chosen(
    real_farm: Farm, page: sync_api.Page
) -> None:
    submit(real_farm, page, "A long one", "1-130")
    page.focus("canvas[data-runs]")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.inner_text(".map-tip").startswith("Frame 3: ")

    page.wait_for_selector('canvas[data-runs="d130"]', state="attached")
    wait_for(lambda: page.inner_text(".map-tip") == "Frame 3: done", "the map follows the farm")
    page.locator("canvas[data-runs]").click(position={"x": 2, "y": 2})

    page.wait_for_url(re.compile(r"/frames/1$"))


def test_a_shot_is_cancelled_after_being_asked(real_farm: Farm, page: sync_api.Page) -> None:
    submit(real_farm, page, "Not wanted", "1-5000")

    page.click("text=Cancel…")
    assert "“Not wanted”" in page.inner_text("h1")
    page.fill("#reason", "Wrong scene")
    page.click(".confirm .btn-danger")

    page.wait_for_selector(".shot-title .tone-off")
    assert "Wrong scene" in page.inner_text("#shot-live")


def test_frames_are_rendered_again_checked_and_the_shot_deleted(
    real_farm: Farm, page: sync_api.Page
) -> None:
    submit(real_farm, page, "Once more", "1-3")
    page.wait_for_selector(".shot-title .tone-done")

    page.click(".shot-head .menu summary")
    page.click("text=Render again…")
    page.fill("#frames", "2-3")
    page.fill("#reason", "New lamp")
    page.click(".confirm .btn-primary")
    page.wait_for_selector("text=2 frames of “Once more” will be rendered again.")
    page.wait_for_selector(".history >> text=New lamp")
    page.wait_for_selector(".shot-title .tone-done")

    page.click(".shot-head .menu summary")
    page.click("text=Check files")
    page.wait_for_selector("text=3 finished frames checked: all as published.")

    page.click(".shot-head .menu summary")
    page.click("text=Delete…")
    page.click("text=Delete the shot")
    page.wait_for_selector("text=“Once more” was deleted. 3 finished frames left in")


def test_what_is_open_stays_open_while_the_page_follows_the_farm(
    real_farm: Farm, page: sync_api.Page
) -> None:
    submit(real_farm, page, "Left open", "1-400")
    page.click(".shot-head .menu summary")

    before = page.inner_text(".huge")
    wait_for(lambda: page.inner_text(".huge") != before, "the page shows more frames")

    assert page.locator("details.menu[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details.menu[open]").count() == 0


def test_the_pages_work_without_scripts(real_farm: Farm, browser: sync_api.Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()

    submit(real_farm, page, "No scripts", "1-2")
    page.click("text=Shots >> nth=0")

    assert page.locator("a.stretched-link", has_text="No scripts").count() == 1
    page.goto(f"{real_farm.settings.url}/nodes")
    assert "anna" in page.inner_text("main")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_scrolls_sideways(real_farm: Farm, page: sync_api.Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 850})
    submit(real_farm, page, f"A shot with quite a long name, as they are, at {width}", "1-2")
    folder = real_farm.blend().parent

    for path in (
        page.url,
        "/",
        "/shots",
        "/nodes",
        "/failures",
        "/logs",
        "/status",
        "/settings",
        "/events",
        "/statistics",
        "/limits",
        "/notices",
        f"/submit?folder={folder}",
    ):
        page.goto(path if path.startswith("http") else real_farm.settings.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def pictures_shown(page: sync_api.Page) -> int:
    page.locator(".grid").scroll_into_view_if_needed()
    shown: int = page.evaluate(
        "[...document.querySelectorAll('.grid img')]"
        ".filter(image => image.complete && image.naturalWidth).length"
    )
    return shown
