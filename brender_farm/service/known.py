"""What was just found out about who somebody is, so that each request need not ask again.

It holds for two seconds, and not at all once anything about users changed in this process; what
another process changed (the command line) counts after these two seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

GOOD_FOR_S = 2.0
_MOST = 5000

_T = TypeVar("_T")


class Known(Generic[_T]):
    """Remembers answers by key for a moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, _T]] = {}
        self._age = 0

    def get(self, key: str, ask: Callable[[], _T]) -> _T:
        """Return what is known for this key, else what `ask` returns."""
        now_s = time.monotonic()
        kept = self._kept.get(key)
        if kept is not None and now_s < kept[0]:
            return kept[1]
        age = self._age
        found = ask()
        with self._lock:
            if age == self._age:  # else it may have been read before a change
                if len(self._kept) >= _MOST:
                    self._kept.clear()
                self._kept[key] = (now_s + GOOD_FOR_S, found)
        return found

    def forget(self) -> None:
        """Know nothing any more."""
        with self._lock:
            self._age += 1
            self._kept.clear()
