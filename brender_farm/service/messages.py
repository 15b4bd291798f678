"""Telling scheduler and nodes that the database changed, without ever waiting for the broker.

The database is the truth; a message only makes the farm notice at once. A thread delivers them,
so that a page answers as fast with a frozen broker as with a live one. What is lost here the
scheduler's next pass finds.
"""

from __future__ import annotations

import atexit
import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from brender_farm.broker.address import broker_url
from brender_farm.broker.board import Board
from brender_farm.broker.link import connect
from brender_farm.config import Settings
from brender_farm.db.core import current_settings, reading
from brender_farm.db.reads.nodes import node_names

if TYPE_CHECKING:
    from celery import Celery

NUDGE_CHANNEL = "brender:nudge"
_FLUSH_S = 2.0

log = logging.getLogger(__name__)


def announce(stopped: Mapping[int, int] | None = None) -> None:
    """Nudge the scheduler to plan, and have nodes stop chunks (chunk id → node id) at once."""
    by_node: dict[str, list[int]] = defaultdict(list)
    if stopped:
        with reading() as session:
            names = node_names(session)
        for chunk_id, node_id in stopped.items():
            by_node[names[node_id]].append(chunk_id)
    _messenger(current_settings()).post(dict(by_node))


@cache
def _messenger(settings: Settings) -> _Messenger:
    messenger = _Messenger(settings)
    atexit.register(messenger.flush)
    return messenger


@dataclass
class _Messenger:
    settings: Settings
    _inbox: queue.Queue[dict[str, list[int]]] = field(default_factory=queue.Queue)
    _thread: threading.Thread | None = None
    _idle: threading.Event = field(default_factory=threading.Event)
    _starting: threading.Lock = field(default_factory=threading.Lock)

    def post(self, stopped: dict[str, list[int]]) -> None:
        self._idle.clear()
        self._inbox.put(stopped)
        with self._starting:  # a forked web worker must start a thread of its own
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True, name="messages")
                self._thread.start()

    def flush(self) -> None:
        """Give the last messages of a short-lived process a moment to leave."""
        if self._thread is not None:
            self._idle.wait(_FLUSH_S)

    def _run(self) -> None:
        while True:
            stopped = self._inbox.get()
            try:
                self._send(stopped)
            except Exception:
                log.info("The broker does not answer; the next pass will do it.", exc_info=True)
            if self._inbox.empty():
                self._idle.set()

    def _send(self, stopped: dict[str, list[int]]) -> None:
        url = broker_url(self.settings)
        with connect(url, timeout_s=2.0) as client:
            chunk_ids = [chunk_id for ids in stopped.values() for chunk_id in ids]
            Board(client).remove_live(chunk_ids)
            client.publish(NUDGE_CHANNEL, b"")
        if stopped:
            from brender_farm.celery_app import client_app

            stop_chunks(client_app(url), stopped)


def stop_chunks(celery: Celery, stopped: Mapping[str, list[int]]) -> None:
    """Order nodes (name → chunk ids) to kill what they render of these chunks."""
    from brender_farm.celery_app import STOP_CHUNKS, node_hostname

    for node, chunk_ids in stopped.items():
        celery.control.broadcast(
            STOP_CHUNKS, arguments={"chunk_ids": chunk_ids}, destination=[node_hostname(node)]
        )
