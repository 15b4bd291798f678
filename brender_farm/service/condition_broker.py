"""Asking the broker how it is, and how long its queues are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from redis import RedisError

from brender_farm.broker.address import broker_url
from brender_farm.broker.board import BEAT, HEARTBEATS
from brender_farm.broker.link import connect
from brender_farm.broker.queues import FARM_QUEUE, node_queue
from brender_farm.broker.vitals import Vitals, read_vitals
from brender_farm.config import Settings
from brender_farm.masking import mask
from brender_farm.service.shapes.condition import BrokerCondition, QueueLength

if TYPE_CHECKING:
    from redis import Redis

LIMIT_S = 2.0


def look_at_broker(settings: Settings) -> tuple[BrokerCondition, Vitals | None]:
    """Return how the broker is, and what the scheduler last said there."""
    url = broker_url(settings)
    address = mask(url)
    try:
        with connect(url, timeout_s=LIMIT_S) as client:
            return _look(client, address), read_vitals(client)
    except (RedisError, OSError) as error:
        return BrokerCondition(trouble=mask(str(error)), address=address), None


def _look(client: Redis, address: str) -> BrokerCondition:
    client.ping()  # connects
    asked_s = time.perf_counter()
    client.ping()
    ping_s = time.perf_counter() - asked_s
    info = client.info()
    is_valkey = "valkey_version" in info
    reports, queues = _queues(client)
    return BrokerCondition(
        address=address,
        kind="Valkey" if is_valkey else "Redis",
        version=str(info.get("valkey_version" if is_valkey else "redis_version", "")),
        ping_s=ping_s,
        memory_bytes=int(info.get("used_memory", 0)),
        memory_limit_bytes=int(info.get("maxmemory", 0)),
        policy=str(info.get("maxmemory_policy", "")),
        is_persistent=bool(info.get("aof_enabled", 0)),
        up_s=int(info.get("uptime_in_seconds", 0)),
        clients=int(info.get("connected_clients", 0)),
        reports_waiting=reports,
        queues=queues,
    )


def _queues(client: Redis) -> tuple[int, tuple[QueueLength, ...]]:
    """Return how many reports wait, and the nodes' queues that are not empty."""
    shared = cast("list[bytes]", client.hkeys(HEARTBEATS))
    own = (key.removeprefix(BEAT.encode()) for key in client.scan_iter(f"{BEAT}*", count=1000))
    names = sorted({name.decode("utf-8", "replace") for name in (*shared, *own)})
    with client.pipeline(transaction=False) as pipe:
        pipe.llen(FARM_QUEUE)
        for name in names:
            pipe.llen(node_queue(name))
        reports, *counts = cast("list[int]", pipe.execute())
    found = [
        QueueLength(name=node_queue(name), count=count)
        for name, count in zip(names, counts, strict=True)
        if count
    ]
    return reports, tuple(sorted(found, key=lambda queue: (-queue.count, queue.name)))
