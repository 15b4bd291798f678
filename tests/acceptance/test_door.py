"""A farm that the network reaches: its first admin, an artist, and the door, in a real browser."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.farm import FAKE_BLENDER, Farm
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("acceptance")

GOOD = "correct horse battery"


@pytest.fixture
def open_to_all(tmp_path: Path) -> Iterator[tuple[Farm, Path]]:
    """`brender up` on a fresh folder, listening everywhere; and what it says."""
    farm = Farm(tmp_path, {"BRENDER_HOST": "0.0.0.0", "BRENDER_BLENDER": str(FAKE_BLENDER)})
    log = tmp_path / "up.log"
    with log.open("wb") as out:
        up = subprocess.Popen(
            [sys.executable, "-m", "brender_farm.cli", "up"],
            env=farm.env,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: "Dashboard" in log.read_text(), "the farm is up", limit_s=60)
        yield farm, log
    finally:
        up.terminate()
        up.wait(30)


def visit(browser: Any, url: str) -> Any:
    """Return a browser of somebody else's: nothing is shared."""
    page = browser.new_context().new_page()
    page.set_default_timeout(30_000)
    page.goto(url)
    return page


def choose_password(page: Any) -> None:
    page.get_by_label("Password").fill(GOOD)
    page.get_by_label("The same again").fill(GOOD)
    page.get_by_role("button", name="Set the password and sign in").click()
    page.wait_for_selector("text=Your password is set")


def test_the_first_admin_comes_in_by_the_printed_link_and_lets_an_artist_in(
    open_to_all: tuple[Farm, Path], browser: Any
) -> None:
    farm, log = open_to_all
    link = re.search(r"http://\S+/welcome/\S+", log.read_text())[0]  # type: ignore[index]
    url = farm.settings.local_url

    stranger = visit(browser, url)
    assert stranger.title().startswith("Sign in")
    assert "anvil" not in stranger.content()

    admin = visit(browser, link)
    choose_password(admin)
    admin.goto(f"{url}/users")
    admin.get_by_label("Name").fill("Ben")
    admin.get_by_role("button", name="Add user").click()
    bens = admin.locator(".people-once code").first.inner_text()

    ben = visit(browser, bens)
    assert "Welcome, Ben" in ben.content()
    choose_password(ben)
    assert ben.get_by_role("link", name="Submit", exact=True).is_visible()
    assert ben.goto(f"{url}/users").status == 403

    again = visit(browser, f"{url}/nodes")
    again.get_by_label("Name").fill("ben")
    again.get_by_label("Password").fill(GOOD)
    again.get_by_role("button", name="Sign in").click()
    again.wait_for_url(f"{url}/nodes")

    # Signed out from elsewhere: the open page says so, and leads back to itself.
    ben.goto(f"{url}/account")
    ben.get_by_role("button", name="Sign out all others").click()
    again.wait_for_selector("text=You are signed in no more.", state="visible")
    assert again.locator("[data-sign-in]").get_attribute("href").endswith("/login?next=%2Fnodes")

    ben.get_by_label("You: Ben").click()
    ben.get_by_role("button", name="Sign out", exact=True).click()
    ben.wait_for_selector("text=You are signed out.")


def test_the_dashboard_alone_does_not_start_for_the_network_without_users(tmp_path: Path) -> None:
    farm = Farm(tmp_path, {"BRENDER_HOST": "0.0.0.0"})
    done = farm.run("web", limit_s=60)
    assert done.returncode != 0
    assert "brender users add NAME --role admin" in done.stderr
