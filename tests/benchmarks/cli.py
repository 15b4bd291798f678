"""The command line on a farm of 10,000 shots: from Enter to the prompt, beside bare Python.

Each is a process of its own, as it is typed; the rounds take turns. The ratios are to `python -c
pass` and to one query by a bare Flask-SQLAlchemy app on the same database, in the same run.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from brender_farm.db.core import create_core_app, db, writing
from brender_farm.db.migrate import upgrade
from brender_farm.db.models import Node, Shot
from brender_farm.domain.states import OVER_SHOT_STATES, NodeIntent, ShotState
from tests.benchmarks.figures import Figure
from tests.benchmarks.pages import big_settings

ROUNDS = 15
SHOTS = 10_000
NODES = 50
_WARM_UP = 2
_BARE_QUERY = """
import os
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
app = Flask("bare")
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BRENDER_DATABASE_URL"]
db = SQLAlchemy(app)
with app.app_context():
    print(db.session.execute(text("SELECT id, name FROM shots ORDER BY id DESC LIMIT 50")).all())
"""
PASS, QUERY = "python -c pass", "bare Flask-SQLAlchemy query"
TARGETS_MS = {
    "brender --help": 250.0,
    "brender version": 200.0,
    "brender shots": 500.0,
    "brender shots --json": 500.0,
    "brender shot 5000": None,
    "brender nodes": None,
    "completing brender pause 99": None,
}


def measure(rounds: int) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="brender-bench-") as folder:
        settings = big_settings(Path(folder).resolve())
        app = create_core_app(settings)
        with app.app_context():
            upgrade()
            fill(datetime.now(UTC))
            db.session.remove()
            db.engine.dispose()
        env = {
            **{name: text for name, text in os.environ.items() if not name.startswith("BRENDER_")},
            "BRENDER_DATA_DIR": str(settings.data_dir),
            "BRENDER_DATABASE_URL": settings.database_url,
            "BRENDER_ROOTS": str(settings.roots[0]),
            "BRENDER_BROKER_URL": str(settings.broker_url),
        }
        taken: dict[str, list[float]] = {}
        for number in range(-_WARM_UP, rounds):
            for name, command, more in _commands():
                took = _took_ms(command, {**env, **more})
                if number >= 0:
                    taken.setdefault(name, []).append(took)
    least, query = statistics.median(taken[PASS]), statistics.median(taken[QUERY])
    return [
        Figure(
            name=name,
            unit="ms",
            values=values,
            target=TARGETS_MS.get(name),
            note=f"{statistics.median(values) / least:.1f} × pass, "
            f"{statistics.median(values) / query:.2f} × the bare query",
        )
        for name, values in taken.items()
    ]


def fill(now: datetime) -> None:
    """Fill the empty, migrated database of the app whose context this runs in."""
    with writing() as session:
        session.execute(insert(Shot), list(_shots(now)))
        session.execute(insert(Node), list(_nodes(now)))


def _commands() -> list[tuple[str, list[str], dict[str, str]]]:
    brender = str(Path(sys.executable).with_name("brender"))
    typed = [name for name in TARGETS_MS if name.startswith("brender")]
    completing = {
        "_BRENDER_COMPLETE": "bash_complete",
        "COMP_WORDS": "brender pause 99",
        "COMP_CWORD": "2",
    }
    return [
        (PASS, [sys.executable, "-c", "pass"], {}),
        (QUERY, [sys.executable, "-c", _BARE_QUERY], {}),
        *((name, [brender, *name.split()[1:]], {}) for name in typed),
        ("completing brender pause 99", [brender], completing),
    ]


def _took_ms(command: list[str], env: dict[str, str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    took = (time.perf_counter() - began) * 1000
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return took


def _shots(now: datetime) -> Iterator[dict[str, Any]]:
    """Most of a farm's shots are over; 25 render, as many wait, and some failed."""
    kinds = {0: ShotState.RENDERING, 200: ShotState.QUEUED, 300: ShotState.FAILED}
    for number in range(1, SHOTS + 1):
        state = kinds.get(number % 400, ShotState.COMPLETED)
        over = state in OVER_SHOT_STATES
        at = now - timedelta(hours=SHOTS - number)
        yield {
            "name": f"{['harbour', 'mill', 'lantern', 'bridge'][number % 4]}_{number:05}",
            "state": state,
            "priority": 50,
            "submitter": f"artist-{number % 20:02}",
            "created_at": at,
            "started_at": at,
            "finished_at": at if over else None,
            "blend": f"/show/{number}.blend",
            "blend_size_bytes": 1000,
            "blend_mtime_ns": 1,
            "blend_version": "4.5",
            "scene": "Scene",
            "format": "PNG",
            "width": 1920,
            "height": 1080,
            "output_dir": f"/show/renders/{number}",
            "existing": "new-version",
            "frames": "1-240",
            "frame_count": 240,
            "pending": "" if over else "120-240",
            "pending_count": 0 if over else 120,
            "done_count": 240 if over else 120,
            "measured_count": 120,
            "render_seconds": 2400.0,
            "work_seconds": 2400.0,
            "work_squared": 50_000.0,
            "warnings": [],
        }


def _nodes(now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(NODES):
        yield {
            "name": f"node-{number:02}",
            "intent": NodeIntent.ENABLED,
            "online": True,
            "accepting": True,
            "boot": "first",
            "slots": 2,
            "facts": {"blender_versions": ["4.5.15"]},
            "sample": {"cpu_pct": 50.0},
            "first_seen_at": now,
            "last_seen_at": now,
        }
