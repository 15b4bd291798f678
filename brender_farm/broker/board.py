"""The notice board that farm and nodes share in Redis, beside the queues.

It holds what may be lost and is rebuilt at once: each node's last heartbeat, and the set of live
chunks that the scheduler mirrors from the database. `brender:live` always contains the marker
`-`, so that an emptied Redis reads as "not known yet: wait", never as "no chunk is live".
`brender:ending` are the live chunks that are to end after their current frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from brender_farm import wire
from brender_farm.broker.queues import FARM_QUEUE
from brender_farm.errors import MessageRefused

if TYPE_CHECKING:
    from redis import Redis

HEARTBEATS = "brender:heartbeats"
LIVE = "brender:live"
ENDING = "brender:ending"
_MARKER = "-"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the farm tells a node about the chunks it claims."""

    live: frozenset[int] | None
    """Those that are still its own; None: not known, wait."""
    ending: frozenset[int]
    """Those that are to end after their current frame."""


class Board:
    """Reads and writes the board. Every method raises redis.RedisError when the broker is away."""

    def __init__(self, client: Redis) -> None:
        self._redis = client

    def beat(self, heartbeat: wire.Heartbeat) -> Answer:
        """Post a node's heartbeat; return what is said of its claims."""
        claims = [claim.chunk_id for claim in heartbeat.claims]
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.hset(HEARTBEATS, heartbeat.node, cast("str", wire.encode(heartbeat)))
            pipe.smismember(LIVE, [_MARKER, *claims])
            pipe.smismember(ENDING, [_MARKER, *claims])
            _, (known, *live), (_, *ending) = pipe.execute()
        return Answer(_those(claims, live) if known else None, _those(claims, ending))

    def is_live(self, chunk_id: int) -> bool | None:
        """Tell whether a chunk is live; None: not known, wait."""
        known, live = self._redis.smismember(LIVE, [_MARKER, chunk_id])
        return bool(live) if known else None

    def live_among(self, chunk_ids: frozenset[int]) -> frozenset[int] | None:
        """Return which of these chunks are live; None: not known."""
        ids = list(chunk_ids)
        known, *live = self._redis.smismember(LIVE, [_MARKER, *ids])
        return _those(ids, live) if known else None

    def reports_waiting(self) -> int:
        """Return how many reports the scheduler has not taken yet."""
        return self._redis.llen(FARM_QUEUE)

    def heartbeats(self) -> list[wire.Heartbeat]:
        """Return the last heartbeat of every node; one that cannot be read is left out."""
        found = cast("dict[bytes, bytes]", self._redis.hgetall(HEARTBEATS))
        return [beat for text in found.values() if (beat := _read(text)) is not None]

    def live(self) -> frozenset[int] | None:
        """Return the live chunks as the board has them; None: it was emptied."""
        members = cast("set[bytes]", self._redis.smembers(LIVE))
        marker = _MARKER.encode()
        return frozenset(int(m) for m in members if m != marker) if marker in members else None

    def add_live(self, chunk_ids: Iterable[int]) -> None:
        ids = list(chunk_ids)
        if ids:
            self._redis.sadd(LIVE, *ids)

    def remove_live(self, chunk_ids: Iterable[int]) -> None:
        ids = list(chunk_ids)
        if ids:
            self._redis.srem(LIVE, *ids)

    def replace_ending(self, chunk_ids: Iterable[int]) -> None:
        """Make the set of ending chunks what the database says, in one step."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(ENDING)
            if ids := list(chunk_ids):
                pipe.sadd(ENDING, *ids)
            pipe.execute()

    def replace_live(self, chunk_ids: Iterable[int]) -> None:
        """Make the set what the database says, in one step."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(LIVE)
            pipe.sadd(LIVE, _MARKER, *chunk_ids)
            pipe.execute()

    def forget_node(self, name: str) -> None:
        self._redis.hdel(HEARTBEATS, name)


def _those(ids: Sequence[int], flags: Sequence[int]) -> frozenset[int]:
    return frozenset(one for one, flag in zip(ids, flags, strict=True) if flag)


def _read(text: bytes) -> wire.Heartbeat | None:
    try:
        return wire.decode(wire.Heartbeat, text)
    except MessageRefused:
        return None
