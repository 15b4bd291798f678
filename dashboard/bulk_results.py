"""What came of the last actions over many shots, kept until somebody has looked at it."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock

from brender_farm.service.shapes.bulk import BulkResult

_KEPT = 50


class BulkResults:
    """The newest results by a key that nobody guesses; older ones are forgotten."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, BulkResult] = OrderedDict()
        self._lock = Lock()

    def keep(self, result: BulkResult) -> str:
        """Keep a result and return its key."""
        key = secrets.token_urlsafe(9)
        with self._lock:
            self._found[key] = result
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)
        return key

    def of(self, key: str) -> BulkResult | None:
        with self._lock:
            return self._found.get(key)
