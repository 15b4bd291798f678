"""The notice board that farm and nodes share in Redis, beside the queues.

It holds what may be lost and is rebuilt at once: each node's last heartbeat, and the set of live
chunks that the scheduler mirrors from the database. A node that has a key posts its heartbeat,
sealed, where it alone can write (`brender:beat:<name>`); all others share `brender:heartbeats`.
`brender:live` always contains the marker `-`, so that an emptied Redis reads as "not known yet:
wait", never as "no chunk is live".
`brender:ending` are the live chunks that are to end after their current frame.
`brender:restarts` says of nodes when they were last asked to start their Blenders anew.

`brender:races` are the live chunks of shots that may race: chunk → race. Two chunks of one race may
have the same frame; the first that wants to publish it *claims* it in `brender:claims:<race>`, and
the other is refused from then on. Both stay as long as any chunk of the race is live.

`brender:checkup:<token>` is a list of what nodes answer to the check of this token; it goes after
some minutes, whether anybody has read it or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, cast

from brender_farm import wire
from brender_farm.broker.keyring import Keyring
from brender_farm.broker.queues import FARM_QUEUE
from brender_farm.errors import MessageRefused
from brender_farm.wire_checkup import MAX_ANSWER_BYTES, CheckupAnswer

if TYPE_CHECKING:
    from redis import Redis

    from brender_farm.broker.node_seal import NodeSeal

HEARTBEATS = "brender:heartbeats"
BEAT = "brender:beat:"
LIVE = "brender:live"
ENDING = "brender:ending"
RESTARTS = "brender:restarts"
RACES = "brender:races"
CLAIMS = "brender:claims:"
CHECKUPS = "brender:checkup:"
CHECKUP_KEPT_S = 300
_MARKER = "-"
_NO_RACES: Mapping[int, int] = {}
_WAIT = 0
_TAKEN_AT_ONCE = 200


class Permit(IntEnum):
    """The answer to a chunk that wants to publish a frame."""

    REFUSED = 1
    """It is not live, or its rival was first."""
    GRANTED = 2
    GRANTED_IN_RACE = 3
    """Its shot may race; nobody else of the race may publish the frame from now on."""


# Whether a chunk is live and whether its rival was first are one question: nothing comes between.
_CLAIM = f"""
if redis.call('SISMEMBER', '{LIVE}', '{_MARKER}') == 0 then return {_WAIT} end
if redis.call('SISMEMBER', '{LIVE}', ARGV[1]) == 0 then return {Permit.REFUSED:d} end
local race = redis.call('HGET', '{RACES}', ARGV[1])
if not race then return {Permit.GRANTED:d} end
redis.call('HSETNX', '{CLAIMS}' .. race, ARGV[2], ARGV[1])
if redis.call('HGET', '{CLAIMS}' .. race, ARGV[2]) == ARGV[1] then
  return {Permit.GRANTED_IN_RACE:d}
end
return {Permit.REFUSED:d}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the farm tells a node about the chunks it claims."""

    live: frozenset[int] | None
    """Those that are still its own; None: not known, wait."""
    ending: frozenset[int]
    """Those that are to end after their current frame."""
    restart: str | None
    """Which order to start its Blenders anew was the last; None: none is known of."""
    clock_s: float
    """The broker's time, in seconds since 1970."""


class Board:
    """Reads and writes the board. Every method raises redis.RedisError when the broker is away."""

    def __init__(self, client: Redis) -> None:
        self._redis = client
        self._claim = client.register_script(_CLAIM)

    def beat(self, heartbeat: wire.Heartbeat, seal: NodeSeal | None = None) -> Answer:
        """Post a node's heartbeat; return what is said of its claims."""
        claims = [claim.chunk_id for claim in heartbeat.claims]
        with self._redis.pipeline(transaction=False) as pipe:
            if seal is not None and seal.is_sealing:
                pipe.set(f"{BEAT}{heartbeat.node}", seal.beat(heartbeat))
            else:
                pipe.hset(HEARTBEATS, heartbeat.node, cast("str", wire.encode(heartbeat)))
            pipe.smismember(LIVE, [_MARKER, *claims])
            pipe.smismember(ENDING, [_MARKER, *claims])
            pipe.hget(RESTARTS, heartbeat.node)
            pipe.time()
            _, (known, *live), (_, *ending), restart, (seconds, micros) = pipe.execute()
        return Answer(
            live=_those(claims, live) if known else None,
            ending=_those(claims, ending),
            restart=restart.decode() if restart else None,
            clock_s=seconds + micros / 1e6,
        )

    def is_live(self, chunk_id: int) -> bool | None:
        """Tell whether a chunk is live; None: not known, wait."""
        known, live = self._redis.smismember(LIVE, [_MARKER, chunk_id])
        return bool(live) if known else None

    def claim(self, chunk_id: int, frame: int) -> Permit | None:
        """Tell whether a chunk may publish a frame now; None: not known, wait.

        It may while it is live and, in a race, its rival has not asked for this frame before.
        """
        answer = self._claim(args=[chunk_id, frame])
        return None if answer == _WAIT else Permit(answer)

    def live_among(self, chunk_ids: frozenset[int]) -> frozenset[int] | None:
        """Return which of these chunks are live; None: not known."""
        ids = list(chunk_ids)
        known, *live = self._redis.smismember(LIVE, [_MARKER, *ids])
        return _those(ids, live) if known else None

    def reports_waiting(self) -> int:
        """Return how many reports the scheduler has not taken yet."""
        return self._redis.llen(FARM_QUEUE)

    def heartbeats(self, keyring: Keyring | None = None) -> list[wire.Heartbeat]:
        """Return the last heartbeat of every node; one that is not believed is left out."""
        keyring = keyring or Keyring()
        names = keyring.names
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(HEARTBEATS)
            if names:
                pipe.mget([f"{BEAT}{name}" for name in names])
            shared, *own = pipe.execute()
        beats = [
            keyring.beat(name.decode("utf-8", "replace"), text, is_own_key=False)
            for name, text in shared.items()
        ]
        beats += [
            keyring.beat(name, text, is_own_key=True)
            for name, text in zip(names, own[0] if own else (), strict=True)
            if text is not None
        ]
        return [beat for beat in beats if beat is not None]

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

    def replace_restarts(self, orders: Mapping[str, str]) -> None:
        """Say which order to start anew each node (by name) had last, in one step."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(RESTARTS)
            if orders:
                pipe.hset(RESTARTS, items=[one for pair in orders.items() for one in pair])
            pipe.execute()

    def races(self) -> dict[int, int]:
        """Return the races as the board has them: chunk → race."""
        found = cast("dict[bytes, bytes]", self._redis.hgetall(RACES))
        return {int(chunk): int(race) for chunk, race in found.items()}

    def add_races(self, races: Mapping[int, int]) -> None:
        """Let frames of these chunks be claimed. Before they are live: a claim must not be late."""
        if races:
            self._redis.hset(RACES, items=_flat(races))

    def remove_races(self, chunk_ids: Iterable[int], over: Iterable[int]) -> None:
        """Take out chunks that are live no more, and the claims of races that are `over`."""
        chunks, claims = list(chunk_ids), [f"{CLAIMS}{race}" for race in over]
        with self._redis.pipeline(transaction=True) as pipe:
            if chunks:
                pipe.hdel(RACES, *map(str, chunks))
            if claims:
                pipe.delete(*claims)
            pipe.execute()

    def replace_live(self, chunk_ids: Iterable[int], races: Mapping[int, int] = _NO_RACES) -> None:
        """Make the set, and the races, what the database says, in one step."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(LIVE, RACES)
            if races:
                pipe.hset(RACES, items=_flat(races))
            pipe.sadd(LIVE, _MARKER, *chunk_ids)
            pipe.execute()

    def forget_node(self, name: str) -> None:
        """Take a node's last heartbeat away, wherever it stands."""
        self._redis.hdel(HEARTBEATS, name)
        self._redis.delete(f"{BEAT}{name}")

    def teach(self) -> None:
        """Have the broker know the claim, which nodes with users of their own cannot teach it."""
        self._redis.script_load(_CLAIM)

    def clock_s(self) -> float:
        """Return the broker's time, in seconds since 1970."""
        seconds, micros = self._redis.time()
        return seconds + micros / 1e6

    def answer_checkup(self, answer: CheckupAnswer) -> None:
        """Post what this machine has to say to a check."""
        key = f"{CHECKUPS}{answer.checkup}"
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.rpush(key, wire.encode(answer))
            pipe.expire(key, CHECKUP_KEPT_S)
            pipe.execute()

    def take_checkups(self, token: str) -> list[CheckupAnswer]:
        """Take the answers to a check that have come since; those out of order are left out."""
        taken = cast("list[bytes] | None", self._redis.lpop(f"{CHECKUPS}{token}", _TAKEN_AT_ONCE))
        return [answer for text in taken or () if (answer := _read_checkup(text)) is not None]


def _flat(pairs: Mapping[int, int]) -> list[int]:
    return [one for pair in pairs.items() for one in pair]


def _those(ids: Sequence[int], flags: Sequence[int]) -> frozenset[int]:
    return frozenset(one for one, flag in zip(ids, flags, strict=True) if flag)


def _read_checkup(text: bytes) -> CheckupAnswer | None:
    if len(text) > MAX_ANSWER_BYTES:
        return None
    try:
        return wire.decode(CheckupAnswer, text)
    except MessageRefused:
        return None
