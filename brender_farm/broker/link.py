"""A bounded connection to the broker: nothing in the farm ever waits for it without a limit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from brender_farm.errors import BrokerUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 5.0


def connect(url: str, *, timeout_s: float = ANSWER_TIMEOUT_S) -> Redis:
    """Return a client that gives up after `timeout_s`; it connects on first use."""
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return Redis.from_url(
        url,
        socket_connect_timeout=min(timeout_s, CONNECT_TIMEOUT_S),
        socket_timeout=timeout_s,
        socket_keepalive=True,
        health_check_interval=10,
        retry=Retry(NoBackoff(), 1),
    )


def answers(url: str, *, timeout_s: float = 1.0) -> bool:
    """Tell whether a broker with this address and password answers."""
    from redis import RedisError

    try:
        with connect(url, timeout_s=timeout_s) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False


def wait_for_broker(url_now: Callable[[], str], *, limit_s: float = 30.0) -> str:
    """Wait until the broker answers and return its URL (asked anew, as its port may move).

    Raises BrokerUnavailable after `limit_s`.
    """
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        url = url_now()
        if answers(url):
            return url
        time.sleep(0.05)
    raise BrokerUnavailable(
        f"The broker does not answer after {limit_s:.0f} s. "
        "Start it (brender broker, or your Redis), or correct BRENDER_BROKER_URL."
    )
