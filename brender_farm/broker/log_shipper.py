"""A logging handler that sends a process's lines to the broker, and never holds anybody up."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

from redis import RedisError

from brender_farm.broker.log_stream import Entry, LogStreams
from brender_farm.logs import fields_of
from brender_farm.masking import mask

if TYPE_CHECKING:
    from redis import Redis

EVERY_S = 1.0
MOST_WAITING = 1000
"""Lines kept while the broker is away; then the oldest are dropped, and counted."""
_RETRY_S = 5.0
_LAST_WORDS_S = 1.0
_MESSAGE_LENGTH = 4000
_FIELD_LENGTH = 500
_BATCH = 200


class LogShipper(logging.Handler):
    """Collects lines, and sends them about once a second on a thread of its own.

    What cannot be sent waits; what cannot wait is dropped, and a line says how many were. Nothing
    is raised, and nobody waits for the broker.
    """

    def __init__(
        self, source: str, client_now: Callable[[], Redis], *, every_s: float = EVERY_S
    ) -> None:
        """`client_now` is asked anew after the broker was away, as its address may have changed."""
        super().__init__(logging.INFO)
        self._source = source
        self._client_now = client_now
        self._streams: LogStreams | None = None
        self._every_s = every_s
        self._guard = threading.Lock()
        self._waiting: deque[Entry] = deque()
        self._dropped_count = 0
        self._has_news = threading.Event()
        self._is_closing = threading.Event()
        self._tracebacks = logging.Formatter()
        self._thread = threading.Thread(target=self._run, name="log shipper", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line."""
        if threading.current_thread() is self._thread:
            return  # what sending has to say would be sent for ever
        try:
            entry = self._entry(record)
        except Exception:  # noqa: BLE001 - a line that cannot be written must not harm its process
            self._count_dropped(1)
            return
        with self._guard:
            if len(self._waiting) >= MOST_WAITING:
                self._waiting.popleft()
                self._dropped_count += 1
            self._waiting.append(entry)
        self._has_news.set()

    def close(self) -> None:
        """Send the last words, for a second at most, and end."""
        self._is_closing.set()
        self._has_news.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(_LAST_WORDS_S)
        super().close()

    def _run(self) -> None:
        while not self._is_closing.is_set():
            self._has_news.wait()
            self._is_closing.wait(self._every_s)
            self._has_news.clear()
            if not self._send():
                self._is_closing.wait(_RETRY_S)
                self._has_news.set()
        self._send()

    def _send(self) -> bool:
        """Send what waits; tell whether the broker took it."""
        while batch := self._next_batch():
            dropped = self._dropped_count
            try:
                self._streams = self._streams or LogStreams(self._client_now())
                self._streams.add(self._source, self._told(batch, dropped), time.monotonic())
            except (RedisError, OSError):
                self._streams = None
                return False
            except Exception:  # noqa: BLE001 - what cannot be sent must not wait for ever
                self._count_dropped(len(batch))
            else:
                self._count_dropped(-dropped)
            self._let_go(batch)
        return True

    def _count_dropped(self, more: int) -> None:
        with self._guard:
            self._dropped_count += more

    def _next_batch(self) -> list[Entry]:
        with self._guard:
            return list(islice(self._waiting, _BATCH))

    def _let_go(self, batch: list[Entry]) -> None:
        """Take out what was sent; some of it may have been dropped meanwhile."""
        sent = {id(entry) for entry in batch}
        with self._guard:
            while self._waiting and id(self._waiting[0]) in sent:
                self._waiting.popleft()

    def _told(self, batch: list[Entry], dropped: int) -> list[Entry]:
        if not dropped:
            return batch
        lost = Entry(
            said_s=batch[0].said_s,
            level="WARNING",
            logger=__name__,
            message="Lines were dropped: the broker did not take them in time.",
            fields={"count": dropped},
        )
        return [lost, *batch]

    def _entry(self, record: logging.LogRecord) -> Entry:
        text = record.getMessage()
        if record.exc_info and record.exc_info[0] is not None:
            text = f"{text}\n{self._tracebacks.formatException(record.exc_info)}"
        return Entry(
            said_s=time.monotonic(),
            level=record.levelname,
            logger=record.name,
            message=_ends(mask(text)),
            fields={key: _plain(value) for key, value in fields_of(record).items()},
        )


def _ends(text: str) -> str:
    """Return a text of bounded length: its beginning, and the end, where tracebacks say what."""
    text = _storable(text)
    if len(text) <= _MESSAGE_LENGTH:
        return text
    half = _MESSAGE_LENGTH // 2
    return f"{text[:half]}\n…\n{text[-half:]}"


def _plain(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool | int | float):
        return value
    return _storable(mask(str(value)))[:_FIELD_LENGTH]


def _storable(text: str) -> str:
    """Replace half characters, which UTF-8 refuses."""
    return text.encode("utf-8", "replace").decode()
