"""The dashboard's own process under 100 open pages, and what a browser sees first.

Each of 100 connections asks for the overview's live part and the header as an open page does,
while nothing changes on a farm of 1,000 nodes, 1,000 shots and a million frames. Then Chromium
opens the overview and the page of a shot of 100,000 frames: the largest contentful paint, and how
long until the map of frames is drawn.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from html import unescape
from pathlib import Path
from typing import Any

import psutil

from brender_farm.broker.address import free_port
from brender_farm.config import Settings, load_settings
from brender_farm.db.core import create_core_app, db
from brender_farm.db.migrate import upgrade
from tests.benchmarks import big_farm
from tests.benchmarks.figures import Figure
from tests.databases import SERVER_VARIABLE, fresh_database_url
from tests.waiting import wait_for

ROUNDS = 3
BROWSERS = 100
_POLLED = re.compile(r'hx-get="([^"]*tag=[^"]*)" hx-trigger="every (\d+)s')
_WINDOW_S = 10.0
_LCP = """() => new Promise(done => new PerformanceObserver(list =>
  done(list.getEntries().at(-1).startTime)
).observe({type: "largest-contentful-paint", buffered: true}))"""
_MAP = "document.querySelector('canvas')?.width > 0 && performance.now()"


def measure(rounds: int) -> list[Figure]:
    database = "PostgreSQL" if os.environ.get(SERVER_VARIABLE) else "SQLite"
    with tempfile.TemporaryDirectory(prefix="brender-bench-") as folder:
        env = _environment(Path(folder).resolve())
        settings = load_settings(env)
        app = create_core_app(settings)
        with app.app_context():
            upgrade()
            big_farm.fill()
            db.engine.dispose()
        web = subprocess.Popen(
            [sys.executable, "-m", "brender_farm.cli", "web"], env=env, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(lambda: _answers(settings), "the dashboard answers", limit_s=60)
            loads = _loads(settings, web.pid, rounds)
            lcp, mapped = _seen(settings, rounds)
        finally:
            web.terminate()
            web.wait(20)
    return [
        Figure(
            name=f"{database}: {BROWSERS} open pages", unit="% of a core", values=loads, target=20
        ),
        Figure(name=f"{database}: overview, largest paint", unit="ms", values=lcp, target=600),
        Figure(name=f"{database}: map of 100,000 frames", unit="ms", values=mapped, target=1000),
    ]


def _environment(root: Path) -> dict[str, str]:
    (root / "projects").mkdir()
    return os.environ | {
        "BRENDER_DATA_DIR": str(root / "data"),
        "BRENDER_DATABASE_URL": fresh_database_url(root),
        "BRENDER_ROOTS": str(root / "projects"),
        "BRENDER_BROKER_URL": "redis://127.0.0.1:1/0",
        "BRENDER_PORT": str(free_port()),
    }


def _answers(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"{settings.url}/healthz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def _loads(settings: Settings, pid: int, rounds: int) -> list[float]:
    """Return the dashboard's share of a core, in percent, while pages are open."""
    with urllib.request.urlopen(settings.url) as answer:
        page = answer.read().decode()
    polled = [(unescape(url), float(every)) for url, every in _POLLED.findall(page)]
    stop = threading.Event()
    pages = [
        threading.Thread(target=_page, args=(settings.port, polled, number, stop), daemon=True)
        for number in range(BROWSERS)
    ]
    for thread in pages:
        thread.start()
    loads = []
    for _ in range(rounds):
        before, began = _cpu_s(pid), time.monotonic()
        stop.wait(_WINDOW_S)
        loads.append(100 * (_cpu_s(pid) - before) / (time.monotonic() - began))
    stop.set()
    for thread in pages:
        thread.join(20)
    return loads


def _page(port: int, polled: list[tuple[str, float]], number: int, stop: threading.Event) -> None:
    """Ask as an open page does: each part in its own rhythm, with the tag that it got last."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    urls = {index: url for index, (url, _) in enumerate(polled)}
    due = {index: number / BROWSERS * every for index, (_, every) in enumerate(polled)}
    began = time.monotonic()
    while not stop.wait(max(0.0, min(due.values()) - (time.monotonic() - began))):
        index = min(due, key=due.__getitem__)
        due[index] += polled[index][1]
        status, body = _get(connection, urls[index])
        found = _POLLED.search(body) if status == 200 else None
        if found:
            urls[index] = unescape(found[1])
    connection.close()


def _get(connection: http.client.HTTPConnection, url: str) -> tuple[int, str]:
    """Ask, on a new connection where the dashboard has closed the one that was at rest."""
    for _ in range(3):
        try:
            connection.request("GET", url)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except (http.client.HTTPException, OSError):
            connection.close()
    raise SystemExit(f"The dashboard does not answer {url}.")


def _cpu_s(pid: int) -> float:
    root = psutil.Process(pid)
    times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def _seen(settings: Settings, rounds: int) -> tuple[list[float], list[float]]:
    from playwright.sync_api import sync_playwright

    lcp, mapped = [], []
    with sync_playwright() as playwright:
        browser: Any = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for _ in range(rounds):
            page = browser.new_context().new_page()  # nothing is kept from the round before
            page.goto(settings.url)
            lcp.append(float(page.evaluate(_LCP)))
            page.goto(f"{settings.url}/shots/{big_farm.LONG_SHOT}")
            mapped.append(
                float(wait_for(lambda page=page: page.evaluate(_MAP), "the map is drawn"))
            )
            page.context.close()
        browser.close()
    return lcp, mapped
