"""A bounded connection to the broker: nothing in the farm ever waits for it without a limit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from brender_farm.errors import BrokerRefuses, BrokerUnavailable
from brender_farm.masking import mask

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
    return trouble_with(url, timeout_s=timeout_s) is None


def trouble_with(url: str, *, timeout_s: float = 1.0) -> Exception | None:
    """Return why a broker with this address and password does not answer; None: it does."""
    from redis import RedisError

    try:
        with connect(url, timeout_s=timeout_s) as client:
            client.ping()
    except (RedisError, OSError) as error:
        return error
    return None


def wait_for_broker(url_now: Callable[[], str], *, limit_s: float = 30.0) -> str:
    """Wait until the broker answers and return its URL (asked anew, as its port may move).

    Raises BrokerUnavailable after `limit_s`, and BrokerRefuses if it does not let us in.
    """
    end = time.monotonic() + limit_s
    trouble: Exception | None = None
    while time.monotonic() < end:
        url = url_now()
        trouble = trouble_with(url)
        if trouble is None:
            return url
        time.sleep(0.05)
    if is_refusal(trouble):
        raise BrokerRefuses(refused_words(url))
    raise BrokerUnavailable(
        f"The broker does not answer after {limit_s:.0f} s{_why(trouble, url)}. "
        "Start it (brender broker, or your Redis), or correct BRENDER_BROKER_URL."
    )


def is_refusal(error: Exception | None) -> bool:
    """Whether a broker is there, and does not let us in with this user and password."""
    from redis.exceptions import AuthenticationError, NoPermissionError

    return isinstance(error, AuthenticationError | NoPermissionError)


def refused_words(url: str) -> str:
    """Return what to say of a broker that does not let us in."""
    user = urlsplit(url).username or "default"
    node = user.removeprefix("node-")
    if node == user:
        return (
            "The broker refuses the password of BRENDER_BROKER_URL, or it has none. Correct it: "
            "redis://:PASSWORD@host:6379/0."
        )
    return (
        f"The broker refuses user {user}: the key of this node was revoked, or is not the one that "
        f"the farm has. On the farm, “brender node-token {node}” shows what belongs here."
    )


def _why(error: Exception | None, url: str) -> str:
    """Return what keeps a connection from being made, where that is more than silence."""
    import ssl

    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return f": its certificate is not trusted ({mask(str(seen))})"
        seen = seen.__cause__ or seen.__context__
    hint = "; has it no TLS, as rediss:// says it has?" if url.startswith("rediss:") else ""
    return f" ({mask(str(error)).rstrip('.')}{hint})" if error is not None else ""
