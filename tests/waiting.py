"""Waiting for what must come true: never a sleep of a guessed length."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")

LIMIT_S = 60.0


def wait_for(condition: Callable[[], _T], what: str, *, limit_s: float = LIMIT_S) -> _T:
    """Return the condition's first true value. Fails with `what` after `limit_s`."""
    end = time.monotonic() + limit_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {limit_s:g} s: {what} (last: {value!r})")
        time.sleep(0.02)
