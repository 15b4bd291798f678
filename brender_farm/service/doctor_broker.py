"""Asking the broker how it is, and how safely it is reached."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from redis import RedisError

from brender_farm.broker.address import broker_url
from brender_farm.broker.board import Board
from brender_farm.broker.link import connect
from brender_farm.broker.vitals import Vitals, read_vitals
from brender_farm.config import LOOPBACK_HOSTS, Settings
from brender_farm.domain.diagnosis_broker import BrokerFacts
from brender_farm.masking import mask

if TYPE_CHECKING:
    from redis import Redis

LIMIT_S = 5.0
_TRIPS = 5
_SOCKETS = ("unix", "redis+socket")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerLook:
    """What one look at the broker tells."""

    facts: BrokerFacts
    url: str | None = None
    """Where it answers; None: it does not."""
    vitals: Vitals | None = None
    """What the scheduler said of itself there in the last minute."""
    ahead_s: float | None = None
    """How far this machine's clock is ahead of the broker's."""
    node_names: tuple[str, ...] = ()
    """Those that have ever sent a heartbeat and were not forgotten."""


def look_at_broker(settings: Settings, now: Callable[[], float] = time.time) -> BrokerLook:
    """Look at the broker; whatever goes wrong stands in the facts. Nothing is made or changed."""
    is_embedded = settings.broker_url is None
    if is_embedded and not (settings.broker_dir / "address.json").exists():
        facts = BrokerFacts(address="", trouble="It is not there.", is_embedded=True, has_run=False)
        return BrokerLook(facts=facts)
    url = broker_url(settings)
    address = mask(url)
    try:
        with connect(url, timeout_s=LIMIT_S) as client:
            return _look(client, url, is_embedded=is_embedded, now=now)
    except (RedisError, OSError, ValueError) as error:
        trouble = f"{mask(str(error)).rstrip('.')}."
        facts = BrokerFacts(address=address, trouble=trouble, is_embedded=is_embedded)
        return BrokerLook(facts=facts)


def _look(client: Redis, url: str, *, is_embedded: bool, now: Callable[[], float]) -> BrokerLook:
    client.ping()  # connects
    trip_s = min(_trip_s(client) for _ in range(_TRIPS))
    info = client.info()
    board = Board(client)
    asked_s = now()
    ahead_s = asked_s + trip_s / 2 - board.clock_s()
    return BrokerLook(
        facts=_facts(info, _setup(client), url, trip_s, is_embedded=is_embedded),
        url=url,
        vitals=read_vitals(client),
        ahead_s=ahead_s,
        node_names=tuple(sorted(beat.node for beat in board.heartbeats() if not beat.leaving)),
    )


def _trip_s(client: Redis) -> float:
    began_s = time.perf_counter()
    client.ping()
    return time.perf_counter() - began_s


def _setup(client: Redis) -> dict[str, str]:
    """Return how it is set up; nothing where we may not ask, as of a rented one."""
    try:
        found: Any = client.config_get("bind", "protected-mode")
    except RedisError:
        return {}
    return {str(name): str(value) for name, value in found.items()}


def _facts(
    info: dict[str, Any], setup: dict[str, str], url: str, trip_s: float, *, is_embedded: bool
) -> BrokerFacts:
    parts = urlsplit(url)
    is_valkey = "valkey_version" in info
    has_password = bool(parts.password)
    return BrokerFacts(
        address=mask(url),
        is_embedded=is_embedded,
        is_local=is_local(url),
        is_encrypted=parts.scheme == "rediss",
        has_password=has_password,
        is_open=not has_password and _lets_all_in(setup),
        kind="Valkey" if is_valkey else "Redis",
        version=str(info.get("valkey_version" if is_valkey else "redis_version", "")),
        trip_s=trip_s,
        is_logged=bool(info.get("aof_enabled", 0)),
        log_status=str(info.get("aof_last_write_status", "ok")),
        save_status=str(info.get("rdb_last_bgsave_status", "ok")),
        policy=str(info.get("maxmemory_policy", "noeviction")),
        memory_bytes=int(info.get("used_memory", 0)),
        memory_limit_bytes=int(info.get("maxmemory", 0)),
    )


def is_local(url: str) -> bool:
    """Whether a broker's address stays on this machine."""
    parts = urlsplit(url)
    return parts.scheme in _SOCKETS or (parts.hostname or "localhost") in LOOPBACK_HOSTS


def _lets_all_in(setup: dict[str, str]) -> bool:
    """Whether a server without a password listens to others, and does not refuse them."""
    if setup.get("protected-mode", "yes") != "no":
        return False
    hosts = [host.removeprefix("-") for host in setup.get("bind", "").split()]
    return not hosts or any(host not in LOOPBACK_HOSTS for host in hosts)
