"""Every page and fragment of the dashboard on 1,000 nodes, 1,000 shots and a million frames.

Server time is what a request takes inside the application, through Flask's own client: page,
fragment after a change, and poll when nothing has changed. The farm is at rest meanwhile. On
PostgreSQL: `python -m tests.postgres -- python -m tests.benchmarks pages`.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from html import unescape
from pathlib import Path
from typing import Any

from brender_farm.config import Settings, load_settings
from brender_farm.db.core import db
from brender_farm.db.migrate import upgrade
from dashboard.app import create_app
from tests.benchmarks import big_farm
from tests.benchmarks.figures import Figure
from tests.databases import SERVER_VARIABLE, fresh_database_url

ROUNDS = 20
PAGE_MS, POLL_MS = 80, 5
_WARM_UP = 3
_IN_WORK = 6
"""A shot that is half way."""
PAGES = {
    "overview": "/",
    "shots": "/shots",
    "shots, searched": "/shots?search=harbour&sort=name",
    "shot of 100,000 frames": f"/shots/{big_farm.LONG_SHOT}",
    "shot in work": f"/shots/{_IN_WORK}",
    "frame": f"/shots/{big_farm.LONG_SHOT}/frames/50000",
    "chunk": "/chunks/50/log",
    "queue": "/queue",
    "nodes": "/nodes",
    "node": "/nodes/7",
    "submit": "/submit",
    "edit": f"/shots/{_IN_WORK}/edit",
    "failures": "/failures",
    "events": "/events",
    "statistics": "/statistics",
    "logs": "/logs",
    "shows": "/shows",
    "presets": "/presets",
    "limits": "/limits",
    "notices": "/notices",
    "settings": "/settings",
    "status": "/status",
    "plots": f"/shots/{big_farm.LONG_SHOT}/plots",
}
_POLLED = re.compile(r'hx-get="([^"]*[?&;]tag=[^"]*)"')


def measure(rounds: int) -> list[Figure]:
    database = "PostgreSQL" if os.environ.get(SERVER_VARIABLE) else "SQLite"
    with tempfile.TemporaryDirectory(prefix="brender-bench-") as folder:
        app = create_app(big_settings(Path(folder).resolve()))
        with app.app_context():
            upgrade()
            big_farm.fill()
        client = app.test_client()
        figures = [
            figure
            for name, url in PAGES.items()
            for figure in _page(client, f"{database}: {name}", url, rounds)
        ]
        with app.app_context():
            db.engine.dispose()
    return figures


def big_settings(root: Path) -> Settings:
    """Return the settings of a dashboard without a broker."""
    (root / "projects").mkdir()
    return load_settings(
        {
            "BRENDER_DATA_DIR": str(root / "data"),
            "BRENDER_DATABASE_URL": fresh_database_url(root),
            "BRENDER_ROOTS": str(root / "projects"),
            "BRENDER_BROKER_URL": "redis://127.0.0.1:1/0",
        }
    )


def _page(client: Any, name: str, url: str, rounds: int) -> list[Figure]:
    pages, body = _timed(client, url, rounds, 200)
    figures = [_figure(name, pages, PAGE_MS, f"{len(body) // 1000} kB")]
    for polled in sorted({unescape(found) for found in _POLLED.findall(body)}):
        if "/glance" in polled and name.partition(": ")[2] != "overview":
            continue  # on every page the same
        part = polled.partition("?")[0]
        changed, text = _timed(client, re.sub(r"tag=[^&]*", "tag=old", polled), rounds, 200)
        figures.append(_figure(f"{name}: {part}", changed, PAGE_MS, f"{len(text) // 1000} kB"))
        tag = re.search(r"tag=([^\"&]+)", text)
        same = re.sub(r"tag=[^&]*", f"tag={tag[1]}", polled) if tag else polled
        figures.append(
            _figure(f"{name}: {part} unchanged", _timed(client, same, rounds, 304)[0], POLL_MS, "")
        )
    return figures


def _figure(name: str, values: list[float], target: float, note: str) -> Figure:
    """Judge the 95th percentile, which stands in the note with the size."""
    figure = Figure(name=name, unit="ms", values=values)
    verdict = "" if figure.p95 <= target else f", ABOVE {target:g}"
    return Figure(
        name=name, unit="ms", values=values, note=f"p95 {figure.p95:.3g}{verdict}  {note}".strip()
    )


def _timed(client: Any, url: str, rounds: int, status: int) -> tuple[list[float], str]:
    values, text = [], ""
    for number in range(-_WARM_UP, rounds):
        began = time.perf_counter()
        response = client.get(url, buffered=True)
        took = (time.perf_counter() - began) * 1000
        text = response.text
        if response.status_code not in (status, 200):
            raise SystemExit(f"{url} answered {response.status_code}.")
        if number >= 0:
            values.append(took)
    return values, text
