"""What was just found out, so that each of many requests need not ask again.

Who somebody is, which nodes there are. It holds for two seconds unless said otherwise, and not at
all once it was told to forget; what another process changed counts after that time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from flask import current_app

GOOD_FOR_S = 2.0
_MOST = 5000

_T = TypeVar("_T")

_EXTENSION = "brender_known"


def known(name: str, *, good_for_s: float = GOOD_FOR_S) -> Known[Any]:
    """Return what the app whose context is active knows under a name."""
    memory: dict[str, Known[Any]] = current_app.extensions.setdefault(_EXTENSION, {})
    return memory.setdefault(name, Known(good_for_s))


class Known(Generic[_T]):
    """Remembers answers by key for a moment."""

    def __init__(self, good_for_s: float = GOOD_FOR_S) -> None:
        self._good_for_s = good_for_s
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, _T]] = {}
        self._asking: dict[str, threading.RLock] = {}
        self._age = 0

    def get(self, key: str, ask: Callable[[], _T]) -> _T:
        """Return what is known for this key, else what `ask` returns, once for all who wait."""
        kept = self._kept.get(key)
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1]
        with self._lock:
            turn = self._asking.setdefault(key, threading.RLock())
        with turn:
            kept = self._kept.get(key)
            if kept is not None and time.monotonic() < kept[0]:
                return kept[1]
            age = self._age
            try:
                found = ask()
            finally:
                self._asking.pop(key, None)
            self._keep(key, found, age)
            return found

    def _keep(self, key: str, found: _T, age: int) -> None:
        with self._lock:
            if age != self._age:
                return  # it may have been read before a change
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[key] = (time.monotonic() + self._good_for_s, found)

    def forget(self) -> None:
        """Know nothing any more."""
        with self._lock:
            self._age += 1
            self._kept.clear()
