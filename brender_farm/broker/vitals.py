"""How the scheduler is, by its own word: kept at the broker for a minute, for the Status page."""

from __future__ import annotations

import json
import os
import platform
import socket
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from redis import RedisError

from brender_farm.broker.refusals import Refusal, refusals
from brender_farm.version import VERSION

if TYPE_CHECKING:
    from redis import Redis

KEY = "brender:scheduler"
_KEPT_S = 60
_EVERY_S = 2.0
_MOST_REFUSALS = 5
_MAX_BYTES = 100_000
_REMEMBERED = 60
"""Passes: about as many seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What a scheduler last said of itself."""

    pass_s: float
    """How long its passes take: the mean of the last minute."""
    longest_s: float
    """The longest of them."""
    version: str
    python: str
    hostname: str
    pid: int
    started_at: datetime
    refusals: tuple[Refusal, ...] = ()
    """What it did not believe in the last minutes, the most frequent first."""


class SchedulerVitals:
    """Says every other second how long passes take; a broker that is away does not hold it up."""

    def __init__(self, client: Redis) -> None:
        self._redis = client
        self._passes: deque[float] = deque(maxlen=_REMEMBERED)
        self._started = datetime.now(UTC).isoformat()
        self._next_s = time.monotonic()

    def note(self, seconds: float) -> None:
        """Count a pass that took so long."""
        self._passes.append(seconds)
        now_s = time.monotonic()
        if now_s < self._next_s:
            return
        try:
            self._redis.set(KEY, json.dumps(self._told()), ex=_KEPT_S)
            self._next_s = now_s + _EVERY_S
        except (RedisError, OSError):
            self._next_s = now_s + _KEPT_S / 2  # the pass has seen it, too, and says so

    def _told(self) -> dict[str, float | str | list[list[str | int]]]:
        return {
            "pass_s": sum(self._passes) / len(self._passes),
            "longest_s": max(self._passes),
            "version": VERSION,
            "python": platform.python_version(),
            "hostname": socket.gethostname(),
            "pid": os.getpid(),
            "started_at": self._started,
            "refusals": [
                [one.who, one.why, one.count] for one in refusals.lately()[:_MOST_REFUSALS]
            ],
        }


def read_vitals(client: Redis) -> Vitals | None:
    """Return what the scheduler said in the last minute. Raises redis.RedisError."""
    text = cast("bytes | None", client.get(KEY))
    if text is None or len(text) > _MAX_BYTES:
        return None
    try:
        told = json.loads(text)
        return Vitals(
            pass_s=float(told["pass_s"]),
            longest_s=float(told["longest_s"]),
            version=str(told["version"]),
            python=str(told.get("python", "")),
            hostname=str(told["hostname"]),
            pid=int(told["pid"]),
            started_at=datetime.fromisoformat(told["started_at"]),
            refusals=tuple(
                Refusal(who=str(who), why=str(why), count=int(count))
                for who, why, count in told.get("refusals", [])
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None
