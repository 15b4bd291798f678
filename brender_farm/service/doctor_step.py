"""One look of a check, on a thread of its own: what hangs holds up nothing else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")

log = logging.getLogger(__name__)


class Step(Generic[_T]):
    """Begins to look at once."""

    def __init__(self, name: str, look: Callable[[], _T]) -> None:
        self._name = name
        self._look = look
        self._found: _T | None = None
        self._thread = threading.Thread(target=self._run, name=f"doctor {name}", daemon=True)
        self._thread.start()

    def found(self, limit_s: float) -> _T | None:
        """Return what was found; None when that took too long, or broke."""
        self._thread.join(limit_s)
        return self._found

    def _run(self) -> None:
        try:
            self._found = self._look()
        except Exception:
            log.exception("A part of the farm could not be checked.", extra={"part": self._name})
