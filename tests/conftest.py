"""What all tests share: a farm's settings, its database, and a broker of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # for `pytest` as well as for `python -m pytest`
    sys.path.insert(0, str(ROOT))

from brender_farm import client, config  # noqa: E402
from brender_farm.broker.address import free_port  # noqa: E402
from brender_farm.broker.embedded import find_server  # noqa: E402
from brender_farm.broker.link import answers, connect  # noqa: E402
from brender_farm.db.core import create_core_app, db  # noqa: E402
from brender_farm.service import messages  # noqa: E402
from tests.databases import Databases, make_settings, open_databases  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from brender_farm.config import Settings

BROKER_START_LIMIT_S = 30

if threading.current_thread() is threading.main_thread():
    # A shell that runs them in the background has the tests ignore Ctrl+C, and all they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A build that fails must fail again; HYPOTHESIS_PROFILE=explore looks for what nobody has seen.
hypothesis.settings.register_profile("repeat", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000, database=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder with the small .blend files."""
    return ROOT / "tests" / "data"


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Return where this test process gets its databases from."""
    found = open_databases(tmp_path_factory.mktemp("databases"))
    yield found
    found.close()


@pytest.fixture
def settings(tmp_path: Path, databases: Databases) -> Settings:
    """Return the settings of a farm of this test's own, its database migrated and empty."""
    return make_settings(tmp_path, databases.migrated(tmp_path))


@pytest.fixture
def core_app(settings: Settings) -> Iterator[Flask]:
    """Return the farm's core app, with its context active."""
    app = create_core_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def broker_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a broker for all tests of this process; return its URL."""
    folder, port = tmp_path_factory.mktemp("broker"), free_port()
    server = subprocess.Popen(
        [
            find_server(),
            *("--port", str(port), "--bind", "127.0.0.1", "--dir", folder),
            *("--save", "", "--appendonly", "no", "--loglevel", "warning"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    end = time.monotonic() + BROKER_START_LIMIT_S
    try:
        while not answers(url):
            assert server.poll() is None, f"the broker ended with {server.returncode}"
            assert time.monotonic() < end, "the broker does not answer"
        yield url
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def broker_url(broker_server: str) -> str:
    """Return the URL of an empty broker."""
    with connect(broker_server) as client:
        client.flushall()
    return broker_server


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 3 MB, where this process may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    mounted = os.name == "posix" and subprocess.run(mount, capture_output=True, check=False)
    if not mounted or mounted.returncode:
        pytest.skip("a disk of 3 MB cannot be mounted here (root is needed)")
    yield folder
    with contextlib.suppress(OSError):
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


class _Nobody:
    """Takes every message and sends none."""

    def post(self, post: object) -> None:
        pass


@pytest.fixture
def here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Make this process's own farm, for `submit_shot()` and the command line, the test's."""
    for name in [name for name in os.environ if name.startswith("BRENDER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BRENDER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BRENDER_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("BRENDER_ROOTS", os.pathsep.join(map(str, settings.roots)))
    monkeypatch.setattr(messages, "_messenger", lambda _: _Nobody())
    monkeypatch.setattr("getpass.getuser", lambda: "mira")
    config.settings.cache_clear()
    client.core_app.cache_clear()
    yield settings
    with client.core_app().app_context():
        db.session.remove()
        db.engine.dispose()
    client.core_app.cache_clear()
    config.settings.cache_clear()
