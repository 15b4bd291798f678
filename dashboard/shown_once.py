"""Secrets on their way to the one page that shows them: kept in memory, for minutes at most."""

from __future__ import annotations

import secrets
import time
from threading import Lock

_KEPT_S = 600.0
_MOST = 100


class ShownOnce:
    """Texts by a key that nobody guesses; whoever takes one is the last."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, str]] = {}
        self._lock = Lock()

    def keep(self, text: str) -> str:
        """Keep a text and return its key."""
        key = secrets.token_urlsafe(18)
        with self._lock:
            self._drop_old()
            self._kept[key] = (time.monotonic(), text)
        return key

    def take(self, key: str) -> str:
        """Return a text and forget it; empty: it was taken, or is too old."""
        with self._lock:
            self._drop_old()
            return self._kept.pop(key, (0.0, ""))[1]

    def _drop_old(self) -> None:
        oldest_s = time.monotonic() - _KEPT_S
        for key in [key for key, (kept_s, _) in self._kept.items() if kept_s < oldest_s]:
            del self._kept[key]
        while len(self._kept) >= _MOST:
            del self._kept[next(iter(self._kept))]
