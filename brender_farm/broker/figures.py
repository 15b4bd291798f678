"""What the scheduler counted since it started: kept at the broker for a minute, for /metrics."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import msgspec
from redis import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

KEY = "brender:figures"
_KEPT_S = 60
_EVERY_S = 2.0


class HistogramFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How often something took how long."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    """Up to each bound and above the one before; the last: above all."""
    total_s: float


class SchedulerFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Counts since the scheduler started; they begin anew with it."""

    counts: Mapping[str, float]
    histograms: Mapping[str, HistogramFigures]


class FigurePost:
    """Posts figures every other second; a broker that is away does not hold it up."""

    def __init__(self, client: Redis, figures: Callable[[], SchedulerFigures]) -> None:
        self._redis = client
        self._figures = figures
        self._next_s = time.monotonic()

    def note(self) -> None:
        """Post what `figures` says, if it is time."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return
        try:
            self._redis.set(KEY, msgspec.json.encode(self._figures()), ex=_KEPT_S)
            self._next_s = now_s + _EVERY_S
        except (RedisError, OSError):
            self._next_s = now_s + _KEPT_S / 2  # the pass has seen it, too, and says so


def read_figures(client: Redis) -> SchedulerFigures | None:
    """Return what the scheduler counted; None: it is silent. Raises redis.RedisError."""
    text = cast("bytes | None", client.get(KEY))
    return decode_figures(text)


def decode_figures(text: bytes | None) -> SchedulerFigures | None:
    """Read what was posted; None for nothing, or for what is in no agreed form."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=SchedulerFigures)
    except msgspec.MsgspecError:
        return None
