"""How often a password may be guessed: by name and by address, in moving windows.

The counts live in the dashboard's memory: there is one such process, and a restart helps an
attacker once, not for long. Passwords are compared one at a time: each takes 64 MB meanwhile, and
guesses sent at once must not slip past the count.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from brender_farm.errors import TooManyTries

_LIMITER = MovingWindowRateLimiter(MemoryStorage())
_PER_NAME_AND_ADDRESS = RateLimitItemPerMinute(5)
_PER_ADDRESS = RateLimitItemPerMinute(20)
_PER_NAME = RateLimitItemPerHour(100)
"""Guesses for one name from everywhere: so many that nobody is locked out by a stranger's few."""
_PATIENCE_S = 10.0
_turn = threading.Lock()


@contextmanager
def try_password(name: str, address: str) -> Iterator[None]:
    """Hold the turn to compare a password. Raises TooManyTries when wrong ones came too often."""
    if not _turn.acquire(timeout=_PATIENCE_S):
        raise TooManyTries(math.ceil(_PATIENCE_S))
    try:
        _require_room(name, address)
        yield
    finally:
        _turn.release()


def _require_room(name: str, address: str) -> None:
    for limit, keys in _windows(name, address):
        if not _LIMITER.test(limit, *keys):
            resets_at = _LIMITER.get_window_stats(limit, *keys).reset_time
            raise TooManyTries(max(1, math.ceil(resets_at - time.time())))


def count_failure(name: str, address: str) -> None:
    """Count a wrong password."""
    for limit, keys in _windows(name, address):
        _LIMITER.hit(limit, *keys)


def forget_failures() -> None:
    """Begin to count anew."""
    _LIMITER.storage.reset()


def _windows(name: str, address: str) -> tuple[tuple[RateLimitItem, tuple[str, ...]], ...]:
    who = name.strip().casefold()[:100]
    return (
        (_PER_NAME_AND_ADDRESS, ("both", who, address)),
        (_PER_ADDRESS, ("address", address)),
        (_PER_NAME, ("name", who)),
    )
