"""Choosing, changing and submitting again in a real browser, with a real Blender behind it."""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
from typing import Any

from tests.acceptance import test_pages as pages
from tests.acceptance.browsing import sync_api
from tests.farm import Farm

pytestmark = pages.pytestmark


def shot_of(farm: Farm, url: str) -> Any:
    number = url.rsplit("/", 1)[1]
    with urllib.request.urlopen(f"{farm.settings.url}/api/v1/shots/{number}") as answer:
        return json.load(answer)


def test_a_shot_is_changed_and_goes_on_and_is_submitted_again(
    real_farm: Farm, page: sync_api.Page
) -> None:
    pages.submit(real_farm, page, "Changed", "1-2")
    page.wait_for_selector(".shot-title .tone-done")
    url = page.url

    page.click("text=More >> nth=-1")
    page.click(".shot-head >> text=Edit…")
    page.fill("#frames", "1-3")
    page.fill("#percentage", "50")
    page.wait_for_selector(".preview >> text=percentage: – → 50")
    page.check("#again")
    page.click("button >> text=Save")
    page.wait_for_selector(".flash >> text=is changed")
    page.wait_for_selector("text=3 of 3")
    page.wait_for_selector(".shot-title .tone-done")
    shot = shot_of(real_farm, url)
    assert (shot["width"], shot["done_count"]) == (80, 3)

    page.click("text=Submit again…")
    page.wait_for_selector(".preview >> text=3 frames")
    assert page.input_value("#percentage") == "50"
    assert "as shot" in page.inner_text(".preview").replace("\n", " ")
    page.fill("#frames", "1")
    page.click(".submit-side .btn-primary")
    page.wait_for_url(re.compile(r"/shots/\d+$"))
    page.wait_for_selector(".shot-title .tone-done")
    assert shot_of(real_farm, page.url)["output_dir"].endswith("/v002")


def test_a_preset_fills_in_what_it_sets_and_takes_it_back(
    real_farm: Farm, page: sync_api.Page
) -> None:
    page.goto(f"{real_farm.settings.url}/submit?file={real_farm.blend()}")
    page.select_option("#preset", "720p")
    assert (page.input_value("#width"), page.input_value("#height")) == ("1280", "720")
    page.wait_for_selector(".preview >> text=1280 × 720")
    page.fill("#width", "640")
    page.select_option("#preset", "")
    assert (page.input_value("#width"), page.input_value("#height")) == ("640", "")
    page.select_option("#format", "JPEG")
    assert page.is_visible("#quality")
    assert page.is_hidden("#compression")


def test_several_files_are_found_chosen_and_submitted(real_farm: Farm, page: sync_api.Page) -> None:
    folder = real_farm.blend().parent / "sequence"
    folder.mkdir()
    for name in ("harbour_1", "harbour_2", "harbour_3"):
        shutil.copy(real_farm.blend(), folder / f"{name}.blend")
    page.goto(f"{real_farm.settings.url}/submit?folder={folder.parent}")
    page.fill("input[type=search]", "harbour")
    page.wait_for_selector("text=harbour_3")
    page.get_by_label("Choose harbour_1.blend").check()
    page.get_by_label("Choose harbour_3.blend").check()
    page.wait_for_selector(".chosen-bar >> text=2 files chosen")
    page.click(".chosen-bar button")
    page.wait_for_selector(".chosen-files >> text=harbour_3.blend")
    page.click(".submit-side .btn-primary")
    page.wait_for_selector(".flash >> text=2 shots are submitted")
    page.wait_for_selector(".shots >> text=harbour_3")


def test_notes_that_are_being_written_survive_what_arrives_from_the_farm(
    real_farm: Farm, page: sync_api.Page
) -> None:
    pages.submit(real_farm, page, "Noted", "1")
    page.click(".notes-change summary")
    page.fill("#notes-text", "The lamp is too bright.")
    page.click("h1")
    page.wait_for_selector(".shot-title .tone-done")
    assert page.input_value("#notes-text") == "The lamp is too bright."
    page.click("text=Keep the notes")
    page.wait_for_selector(".notes .words >> text=The lamp is too bright.")
