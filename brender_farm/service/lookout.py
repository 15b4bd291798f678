"""Looking at something that may not answer, on a thread of its own, beside whoever asks."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")

log = logging.getLogger(__name__)


class Lookout(Generic[_T]):
    """Knows what the last look found; one that hangs holds up nothing but the next."""

    def __init__(
        self, name: str, look: Callable[[], _T], *, fresh_s: float, stale_s: float
    ) -> None:
        """What was found is good for `fresh_s`; while a look hangs, it is told for `stale_s`."""
        self._name = name
        self._look = look
        self._fresh_s, self._stale_s = fresh_s, stale_s
        self._lock = threading.Lock()
        self._is_looking = False
        self._done = threading.Event()
        self._found: _T | None = None
        self._found_at_s = float("-inf")

    def start(self) -> None:
        """Begin to look, if what is known is old and nobody looks."""
        with self._lock:
            if self._is_looking or time.monotonic() - self._found_at_s < self._fresh_s:
                return
            self._is_looking = True
            self._done.clear()
        threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def found(self, patience_s: float) -> _T | None:
        """Return what was found, waiting a moment for it; None when that is too long ago."""
        if self._is_looking:
            self._done.wait(max(0.0, patience_s))
        is_told = time.monotonic() - self._found_at_s < self._stale_s
        return self._found if is_told else None

    def _run(self) -> None:
        try:
            self._found = self._look()
            self._found_at_s = time.monotonic()
        except Exception:
            log.exception("A part of the farm could not be looked at.", extra={"part": self._name})
        finally:
            self._is_looking = False
            self._done.set()
