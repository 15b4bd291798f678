"""The two places that the Python API works from: the farm's machine, and anywhere else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask

from brender_farm.client import core_app, this_farm
from brender_farm.config import Settings
from dashboard.app import create_app
from tests.served import serving


@dataclass(frozen=True)
class Place:
    """Where a script runs; elsewhere it reaches the farm by the dashboard `app` alone."""

    app: Flask | None = None

    @property
    def is_elsewhere(self) -> bool:
        return self.app is not None

    @contextmanager
    def making_films(self) -> Iterator[None]:
        """Have the dashboard make the films that it is asked for meanwhile."""
        if self.app is None:
            yield
            return
        watch, over = self.app.extensions["brender_films"], threading.Event()

        def run() -> None:
            while not over.wait(0.05):
                watch.look()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@pytest.fixture(params=["on the farm's machine", "from elsewhere"])
def place(
    request: pytest.FixtureRequest, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """Have this process work with the test's farm: on its database, or over HTTP."""
    core_app()  # the schema is there
    if request.param != "from elsewhere":
        yield Place()
        return
    app = create_app(here)
    with serving(app) as url:
        monkeypatch.setenv("BRENDER_URL", url)
        assert this_farm().is_remote
        yield Place(app)
