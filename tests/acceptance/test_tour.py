"""One evening on the farm, through the pages: submitted, watched, stopped, mended, looked at.

Every page on the way is photographed at three widths in both themes; the pictures are left in
`test-artifacts/`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.farm import Farm
from tests.waiting import wait_for

from .browsing import sync_api

pytestmark = pytest.mark.xdist_group("acceptance")
PICTURES = Path(__file__).parents[2] / "test-artifacts"
WIDTHS = (1440, 1024, 390)
PLACES = (
    "/", "/shots", "/queue", "/nodes", "/submit", "/failures", "/events", "/logs", "/statistics",
    "/shows", "/shows/new", "/presets", "/limits", "/notices", "/settings", "/status",
)  # fmt: skip


def test_a_shot_from_the_form_to_its_film(real_farm: Farm, page: sync_api.Page) -> None:
    url = real_farm.settings.url
    page.goto(f"{url}/submit?file={real_farm.blend()}")
    page.fill("#name", "Evening")
    page.fill("#frames", "1-6")
    page.click(".submit-form .btn-primary")
    page.wait_for_selector(".shot-title .tone-done")
    shot = page.url

    page.goto(f"{shot}/film")
    page.wait_for_selector("video")
    page.evaluate("document.querySelector('video').play()")
    wait_for(
        lambda: page.evaluate("document.querySelector('video').currentTime > 0.05"), "it plays"
    )

    for path in ("", "/film", "/plots", "/play", "/edit", "/frames/3"):
        photograph(page, shot + path, f"shot{path.replace('/', '-')}")


def test_a_node_is_disabled_and_its_shot_goes_on_when_it_is_back(
    real_farm: Farm, page: sync_api.Page
) -> None:
    url = real_farm.settings.url
    page.goto(f"{url}/nodes/anna")
    page.click("text=Disable")
    page.fill("[name=reason]", "Cleaning")
    page.click("main form .btn-danger")
    page.wait_for_selector("text=Disabled")
    shot_id = real_farm.submit(real_farm.blend(), frames="1-2", name="Waits for anna")
    page.goto(f"{url}/shots/{shot_id}")
    page.wait_for_selector("text=disabled")

    page.goto(f"{url}/nodes/anna")
    page.click("button:has-text('Enable')")

    real_farm.wait_until_over(shot_id)
    photograph(page, f"{url}/nodes/anna", "node")


def test_a_cancelled_shot_is_tried_again(real_farm: Farm, page: sync_api.Page) -> None:
    shot_id = real_farm.submit(real_farm.blend(), frames="1-400", name="Too much")
    page.goto(f"{real_farm.settings.url}/shots/{shot_id}")
    page.click("text=Cancel…")
    page.click("main form .btn-danger")
    page.wait_for_selector(".shot-title .tone-off")

    page.click("button:has-text('Retry')")
    wait_for(lambda: real_farm.shot(shot_id).row.state in ("queued", "rendering"), "it goes on")
    real_farm.act(shot_id, "cancel")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_page_fits_every_width(real_farm: Farm, page: sync_api.Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    for path in PLACES:
        photograph(page, real_farm.settings.url + path, path.strip("/").replace("/", "-"), theme)


def photograph(page: sync_api.Page, url: str, name: str, theme: str = "dark") -> None:
    """Take a picture of a page at each width; nothing may scroll sideways."""
    PICTURES.mkdir(exist_ok=True)
    page.emulate_media(color_scheme=theme)
    page.goto(url)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        title = re.sub(r"\W+", "-", name) or "overview"
        page.screenshot(path=PICTURES / f"{title}-{theme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{url} at {width}"
