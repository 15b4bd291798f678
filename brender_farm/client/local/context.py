"""Being inside the farm while its services are asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from brender_farm.client.core import core_app


@contextmanager
def in_farm() -> Iterator[None]:
    """Give the services their database for the time of a call."""
    with core_app().app_context():
        yield
