"""The API under 50 programs at once: submits, status reads, and an empty view of the same stack.

Each of 50 connections sends its next request as soon as it has its answer, for some seconds: with
a token, on a farm with users, a broker, 1,000 nodes, 1,000 shots and a million frames. The empty
view is a Flask app of one view in the same gunicorn with the same options, asked in turn with the
farm in every round.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from brender_farm.broker.address import free_port
from brender_farm.config import load_settings
from brender_farm.db.core import create_core_app, db
from brender_farm.db.migrate import upgrade
from brender_farm.service import tokens, users
from tests.benchmarks import big_farm
from tests.benchmarks.figures import Figure
from tests.databases import SERVER_VARIABLE, fresh_database_url
from tests.waiting import wait_for

ROUNDS = 3
CLIENTS = 50
SUBMITS, READS = 200, 1000
_WINDOW_S = 5.0
_DATA = Path(__file__).parents[1] / "data"
_BRENDER = [sys.executable, "-m", "brender_farm.cli"]


@dataclass
class Load:
    """What 50 clients were answered in a window."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    took_s: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.took_s

    def quantile_ms(self, share: float) -> float:
        ranked = sorted(self.seconds)
        return 1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def measure(rounds: int) -> list[Figure]:
    database = "PostgreSQL" if os.environ.get(SERVER_VARIABLE) else "SQLite"
    with tempfile.TemporaryDirectory(prefix="brender-bench-") as folder, ExitStack() as stack:
        root = Path(folder).resolve()
        port, empty_port, token, blend = _start(root, stack)
        numbers = itertools.count()

        def submit() -> bytes:
            asked = {"blend": str(blend), "frames": "1-48", "name": f"shot {next(numbers)}"}
            return _request("POST", "/api/v1/shots", token, json.dumps(asked).encode())

        reads = itertools.cycle(
            _request("GET", f"/api/v1/shots/{shot_id}", token) for shot_id in range(1, 101)
        )
        kinds: dict[str, tuple[int, Callable[[], bytes], int]] = {
            "empty view": (empty_port, lambda: _request("GET", "/", token), 200),
            "status reads": (port, lambda: next(reads), 200),
            "submits": (port, submit, 201),
        }
        loads: dict[str, list[Load]] = {kind: [] for kind in kinds}
        for _ in range(rounds):
            for kind, (where, make, status) in kinds.items():
                loads[kind].append(asyncio.run(_press(where, make, status)))
    wrong = [text for kind in loads.values() for load in kind for text in load.wrong]
    if wrong:
        raise SystemExit(f"{len(wrong)} requests went wrong. The first: {wrong[0]}")
    targets = {"submits": SUBMITS, "status reads": READS}
    return [
        figure
        for kind, found in loads.items()
        for figure in _figures(f"{database}: {kind}", found, targets.get(kind), loads["empty view"])
    ]


def _figures(
    name: str, loads: list[Load], target: int | None, empty: list[Load]
) -> Iterator[Figure]:
    share = statistics.median(a.rate / b.rate for a, b in zip(loads, empty, strict=True))
    yield Figure(
        name=name,
        unit="/s",
        values=[load.rate for load in loads],
        target=target,
        more_is_better=True,
        note=f"{share:.0%} of the empty view",
    )
    yield Figure(name=f"{name}, p50", unit="ms", values=[load.quantile_ms(0.5) for load in loads])
    yield Figure(name=f"{name}, p99", unit="ms", values=[load.quantile_ms(0.99) for load in loads])


def _start(root: Path, stack: ExitStack) -> tuple[int, int, str, Path]:
    """Start broker, dashboard and the empty view; return ports, a token and a .blend."""
    (root / "projects").mkdir()
    blend = Path(shutil.copy(_DATA / "tiny.blend", root / "projects"))
    env = os.environ | {
        "BRENDER_DATA_DIR": str(root / "data"),
        "BRENDER_DATABASE_URL": fresh_database_url(root),
        "BRENDER_ROOTS": str(root / "projects"),
        "BRENDER_PORT": str(free_port()),
        "BRENDER_PICTURES_MB": "0",  # or the dashboard would make films meanwhile
    }
    settings = load_settings(env)
    app = create_core_app(settings)
    with app.app_context():
        upgrade()
        big_farm.fill()
        user = users.add_user("bench", "artist", actor="bench").user
        token = tokens.add_token(user.id, "bench", "submit", actor="bench").text
        db.engine.dispose()
    empty_port = free_port()
    web_options = ["--workers=1", "--threads=64", "--worker-class=gthread", "--log-level=warning"]
    empty = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{empty_port}", *web_options]
    for command in (
        [*_BRENDER, "broker"],
        [*_BRENDER, "web"],
        [*empty, "tests.benchmarks.empty_view:app"],
    ):
        stack.enter_context(_running(command, env))
    for port, path in ((settings.port, "/healthz"), (empty_port, "/")):
        wait_for(lambda port=port, path=path: _answers(port, path), "it answers", limit_s=60)
    return settings.port, empty_port, token, blend


@contextmanager
def _running(command: list[str], env: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2):
            return True
    except OSError:
        return False


def _request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    if not token:
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def _press(port: int, make: Callable[[], bytes], status: int) -> Load:
    load, began = Load(), time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(_client(port, make, status, began + _WINDOW_S, load))
    load.took_s = time.monotonic() - began
    return load


async def _client(
    port: int, make: Callable[[], bytes], status: int, end: float, load: Load
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.monotonic() < end:
        sent = time.monotonic()
        writer.write(make())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.partition(":")[2])
            for line in head.split("\r\n")
            if line.lower().startswith("content-length:")
        )
        body = await reader.readexactly(length)
        load.seconds.append(time.monotonic() - sent)
        if int(head.split(" ", 2)[1]) != status:
            load.wrong.append(f"{head.splitlines()[0]} {body[:300]!r}")
        if "connection: close" in head.lower():
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
