"""The log lines of every process, in Redis streams of bounded length.

`brender:log:<source>` has the last lines of one process: `scheduler`, `dashboard`, `node.<name>`.
`brender:log:warnings` has those of all that tell of trouble. `brender:logs` names the sources by
when they were last heard. A stream nobody writes to is gone after some days. It all may be lost:
what a process says is on its standard error as well.

The time of a line is the broker's, less the age that the line had when it was sent; so lines of
machines whose clocks differ stand in one order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from redis import Redis

WARNINGS = "warnings"
"""The source that has what all processes say of trouble."""
STREAM = "brender:log:"
SOURCES = "brender:logs"
LINE_COUNT = 500
WARNING_COUNT = 2000
KEPT_S = 3 * 24 * 3600
_FIELD = "l"
_MAX_BYTES = 100_000
"""A longer line is none that a process of the farm has sent."""
_TROUBLE = frozenset({"WARNING", "ERROR", "CRITICAL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One thing that a process said."""

    id: str
    """Grows from line to line of a stream."""
    at: datetime | None
    """None: it is not known to the day."""
    source: str
    level: str
    logger: str
    message: str
    """With the traceback, if there was one."""
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line on its way: `said_s` is when, on the clock that `LogStreams.add` is told."""

    said_s: float
    level: str
    logger: str
    message: str
    fields: dict[str, Any]


class LogStreams:
    """Writes and reads the streams. Every method raises redis.RedisError: the broker is away."""

    def __init__(self, client: Redis) -> None:
        self._redis = client

    def add(self, source: str, entries: Sequence[Entry], now_s: float) -> None:
        """Append a process's lines, oldest first; `now_s` is on their clock."""
        key = STREAM + source
        with self._redis.pipeline(transaction=False) as pipe:
            for entry in entries:
                line = {_FIELD: _packed(source, entry, now_s - entry.said_s)}
                pipe.xadd(key, cast("Any", line), maxlen=LINE_COUNT, approximate=True)
                if entry.level in _TROUBLE:
                    trouble = cast("Any", line)
                    pipe.xadd(STREAM + WARNINGS, trouble, maxlen=WARNING_COUNT, approximate=True)
            pipe.expire(key, KEPT_S)
            pipe.expire(STREAM + WARNINGS, KEPT_S)
            pipe.time()
            seconds, _ = pipe.execute()[-1]
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.zadd(SOURCES, {source: seconds})
            pipe.zremrangebyscore(SOURCES, 0, seconds - KEPT_S)
            pipe.execute()

    def sources(self) -> dict[str, datetime]:
        """Return the processes that said something in the last days, by name, with when."""
        found = cast("Any", self._redis.zrange(SOURCES, 0, -1, withscores=True))
        return {
            name.decode(): datetime.fromtimestamp(score, UTC)
            for name, score in sorted(found, key=lambda pair: pair[0])
        }

    def last(self, source: str, count: int) -> list[LogLine]:
        """Return the last lines of a source, oldest first."""
        found = self._redis.xrevrange(STREAM + source, count=count)
        return _read(source, cast("Any", found))[::-1]

    def after(self, source: str, line_id: str, count: int) -> list[LogLine]:
        """Return the lines that came after this one, oldest first, `count` at most."""
        found = self._redis.xrange(STREAM + source, min=f"({line_id}", count=count)
        return _read(source, cast("Any", found))

    def newest(self, source: str) -> str:
        """Return the id of a source's last line; `0-0` when it has none."""
        found = cast("Any", self._redis.xrevrange(STREAM + source, count=1))
        return found[0][0].decode() if found else "0-0"


def _packed(source: str, entry: Entry, age_s: float) -> str:
    age_ms = max(0, round(age_s * 1000))
    parts = [age_ms, source, entry.level, entry.logger, entry.message, entry.fields]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def _read(source: str, found: Sequence[tuple[bytes, dict[bytes, bytes]]]) -> list[LogLine]:
    lines = (_line(source, number.decode(), values) for number, values in found)
    return [line for line in lines if line is not None]


def _line(source: str, number: str, values: dict[bytes, bytes]) -> LogLine | None:
    """Return a line; None for one that is not in the agreed form."""
    try:
        text = values[_FIELD.encode()]
        if len(text) > _MAX_BYTES:
            return None
        age_ms, said_by, level, logger, message, fields = json.loads(text)
        sent_ms = int(number.partition("-")[0])
        at = datetime.fromtimestamp(sent_ms / 1000, UTC) - timedelta(milliseconds=age_ms)
        return LogLine(
            id=number,
            at=at,
            source=str(said_by) if source == WARNINGS else source,
            level=str(level),
            logger=str(logger),
            message=str(message),
            fields=dict(fields),
        )
    except (KeyError, ValueError, TypeError, OverflowError, RecursionError):
        return None
