"""The way to the log streams: one that does not answer is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from redis import RedisError

from brender_farm.broker.address import broker_url
from brender_farm.broker.link import connect
from brender_farm.broker.log_stream import LogStreams
from brender_farm.db.core import current_settings
from brender_farm.masking import mask

_T = TypeVar("_T")

PATIENCE_S = 0.4
"""For one answer; it is asked twice."""
REST_S = 10.0
"""So long nobody asks a broker again that did not answer."""


class LogLink:
    """Asks one broker. Any thread may."""

    def __init__(self, url: str) -> None:
        self._streams = LogStreams(connect(url, timeout_s=PATIENCE_S))
        self._silent_until_s = float("-inf")
        self._trouble = ""

    def ask(self, question: Callable[[LogStreams], _T], nothing: _T) -> tuple[_T, str]:
        """Return the broker's answer; or `nothing`, and why there is none."""
        if time.monotonic() < self._silent_until_s:
            return nothing, self._trouble
        try:
            return question(self._streams), ""
        except (RedisError, OSError) as error:
            self._trouble = mask(str(error))
            self._silent_until_s = time.monotonic() + REST_S
            return nothing, self._trouble


def log_link() -> LogLink:
    """Return the link to the farm's broker, wherever that is now."""
    return _link_to(broker_url(current_settings()))


@lru_cache(maxsize=4)
def _link_to(url: str) -> LogLink:
    return LogLink(url)
