"""Faults of messages: a thief takes some and brings them back twice, late, or never."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator

from redis import Redis, RedisError

from brender_farm.broker.queues import FARM_QUEUE, node_queue
from tests.chaos.farm import NODES, ChaosFarm
from tests.chaos.faults import Fault

_QUEUES = (FARM_QUEUE, *(node_queue(name) for name in NODES))
_WAIT_S = 0.2
_SHARE = 0.5
"""Of the messages that fall into its hands; the rest it puts back."""


class Thief(threading.Thread):
    """Competes with the real consumers for every message of the farm's queues."""

    def __init__(self, client: Redis, crime: str, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self._redis = client
        self._crime = crime
        self._chance = chance
        self._kept: list[tuple[bytes, bytes]] = []
        self._seen: set[bytes] = set()
        self._caught = threading.Event()

    def run(self) -> None:
        while not self._caught.is_set():
            try:
                found = self._redis.brpop(list(_QUEUES), timeout=_WAIT_S)
                if found is not None:
                    self._handle(*found)
            except (RedisError, OSError):
                self._caught.wait(_WAIT_S)

    def end(self) -> None:
        """Stop, and bring back what was kept: out of order, and late."""
        self._caught.set()
        self.join()
        self._chance.shuffle(self._kept)
        with contextlib.suppress(RedisError, OSError):
            for queue, message in self._kept:
                self._redis.lpush(queue, message)
        self._redis.close()

    def _handle(self, queue: bytes, message: bytes) -> None:
        is_new = message not in self._seen
        self._seen.add(message)
        if not is_new or self._chance.random() > _SHARE:
            self._redis.rpush(queue, message)
            self._caught.wait(0.02)  # the real consumer's turn
        elif self._crime == "twice":
            self._redis.rpush(queue, message, message)
            self._kept.append((queue, message))
        elif self._crime == "late":
            self._kept.append((queue, message))


@contextlib.contextmanager
def deliver_twice(farm: ChaosFarm, _name: str, chance: random.Random) -> Iterator[None]:
    """Deliver messages twice at once, and once more when it is healed."""
    with _thief(farm, "twice", chance):
        yield


@contextlib.contextmanager
def deliver_late(farm: ChaosFarm, _name: str, chance: random.Random) -> Iterator[None]:
    """Hold messages back and deliver them in another order when it is healed."""
    with _thief(farm, "late", chance):
        yield


@contextlib.contextmanager
def drop(farm: ChaosFarm, _name: str, chance: random.Random) -> Iterator[None]:
    with _thief(farm, "never", chance):
        yield


@contextlib.contextmanager
def _thief(farm: ChaosFarm, crime: str, chance: random.Random) -> Iterator[None]:
    thief = Thief(farm.redis(), crime, random.Random(chance.random()))
    thief.start()
    try:
        yield
    finally:
        thief.end()


MESSAGE_FAULTS = (
    Fault("messages twice", deliver_twice, ("messages",), (1, 6), part="broker"),
    Fault("messages late", deliver_late, ("messages",), (1, 6), part="broker"),
    Fault("messages dropped", drop, ("messages",), (1, 6), part="broker"),
)
