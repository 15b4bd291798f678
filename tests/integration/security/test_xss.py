"""Whatever anybody writes stays text: on every page, and in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from tests.acceptance.browsing import browser
from tests.integration.security.evil_farm import EVIL, LINK, SHORT, fill, injected, pages

__all__ = ["browser"]

LOOKED_AT = (
    "/", "/shots", "/shots/2", "/shots/4/frames/3", "/shots/2/frames/1", "/shots/2/play",
    "/shots/4/edit", "/nodes", "/queue", "/failures", "/events", "/shows/1/change", "/notices",
    "/submit", "/status",
)  # fmt: skip


@pytest.fixture
def evil(farm):
    fill(farm)
    return farm


def test_the_attack_would_be_found():
    assert injected(f'<input value="{EVIL}">')
    assert injected(f"<textarea>{EVIL}</textarea>")
    assert injected(f"<a title='{SHORT}'>")
    assert injected(f"<a href={LINK}>")
    assert not injected("<p>&lt;img src=x onerror=alert(1)&gt;</p>")


def test_no_page_takes_text_for_markup(evil):
    wrong, answered = [], 0
    for url in sorted(set(pages(evil))):
        answer = evil.get(url)
        if answer.status_code == 500:
            wrong.append(f"{url[:80]}: 500")
        if answer.mimetype != "text/html":
            continue
        answered += answer.status_code == 200
        wrong += [f"{url[:80]}: {what}" for what in injected(answer.text)]
        if "49" in answer.text.replace("{{7*7}}", "") and "</textarea>49" in answer.text:
            wrong.append(f"{url[:80]}: a template was filled in")
    assert wrong == []
    assert answered > 80


def test_the_api_answers_attacks_as_json_only(evil):
    for url in ("/api/v1/shots", "/api/v1/nodes", "/api/v1/events", "/api/v1/shows"):
        answer = evil.get(f"{url}?search={EVIL}&state={EVIL}")
        assert answer.mimetype in ("application/json", "application/problem+json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "where", [LINK, "//evil.example", "https://evil.example", "\\\\evil", "/\\evil"]
)
def test_no_form_sends_anybody_elsewhere(evil, where):
    for url in ("/shots/3/actions/resume", "/nodes/1/actions/drain"):
        answer = evil.post(url, next=where, back=where, **{"return": where})
        location = answer.headers.get("Location", "/")
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))


@pytest.fixture
def address(evil) -> Iterator[str]:
    """Return where the evil farm can be looked at with a browser."""
    server = make_server("127.0.0.1", 0, evil.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.mark.xdist_group("browser")
def test_a_browser_runs_and_fetches_nothing_of_it(address, browser):
    page = browser.new_page()
    page.set_default_timeout(60_000)
    complaints: list[str] = []
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: complaints.append(line.text) if "Content Security" in line.text else None,
    )
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(address) else complaints.append(asked.url),
    )
    for path in LOOKED_AT:
        answer = page.goto(address + path, wait_until="load")
        assert answer.status == 200, path
        evil = page.locator("#evil, [onerror], [onload], img[src=x], script:not([src])")
        assert evil.count() == 0, path
        assert complaints == [], path
