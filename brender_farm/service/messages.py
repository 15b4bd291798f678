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
from typing import TYPE_CHECKING, Any

from brender_farm import wire
from brender_farm.broker.address import broker_url
from brender_farm.broker.board import Board
from brender_farm.broker.keyring import Keyring
from brender_farm.broker.link import connect
from brender_farm.config import Settings
from brender_farm.db.core import current_settings, reading
from brender_farm.db.reads.nodes import node_names
from brender_farm.service.keys import load_keys

if TYPE_CHECKING:
    from celery import Celery

NodeOrders = dict[str, dict[str, list[int]]]
"""Command → node's name → chunks."""

NUDGE_CHANNEL = "brender:nudge"
_FLUSH_S = 2.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What nodes must do at once, beside what their next heartbeat tells them: chunk → node id."""

    stop: Mapping[int, int] = field(default_factory=dict)
    """Kill the render; the chunk is no longer theirs."""
    finish: Mapping[int, int] = field(default_factory=dict)
    """End the chunk after its current frame."""
    restart: Mapping[str, str] = field(default_factory=dict)
    """Start its Blenders anew: node's name → which order it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """What one message to the broker says."""

    orders: NodeOrders
    restart: Mapping[str, str]
    keys: Keyring

    @property
    def only_nudges(self) -> bool:
        """Whether it has the scheduler plan, and says nothing to any node."""
        return not self.orders and not self.restart


def announce(orders: Orders | None = None) -> None:
    """Nudge the scheduler to plan, and give nodes their orders at once."""
    orders = orders or Orders()
    addressed = _addressed(orders)
    keys = Keyring()
    if addressed or orders.restart:
        with reading() as session:
            load_keys(session, keys)
    post = _Post(orders=addressed, restart=orders.restart, keys=keys)
    _messenger(current_settings()).post(post)


def _addressed(orders: Orders) -> NodeOrders:
    from brender_farm.celery_app import FINISH_CHUNKS, STOP_CHUNKS

    commands = {STOP_CHUNKS: orders.stop, FINISH_CHUNKS: orders.finish}
    if not any(commands.values()):
        return {}
    with reading() as session:
        names = node_names(session)
    return {command: by_name(chunks, names) for command, chunks in commands.items() if chunks}


def by_name(chunks: Mapping[int, int], names: Mapping[int, str]) -> dict[str, list[int]]:
    """Turn chunk → node's id into node's name → chunks."""
    found: dict[str, list[int]] = defaultdict(list)
    for chunk_id, node_id in chunks.items():
        if node_id in names:  # a deleted node renders nothing
            found[names[node_id]].append(chunk_id)
    return dict(found)


@cache
def _messenger(settings: Settings) -> _Messenger:
    messenger = _Messenger(settings)
    atexit.register(messenger.flush)
    return messenger


@dataclass
class _Messenger:
    settings: Settings
    _inbox: queue.Queue[_Post] = field(default_factory=queue.Queue)
    _thread: threading.Thread | None = None
    _idle: threading.Event = field(default_factory=threading.Event)
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _nudge_waits: bool = False
    """Whether a message that only nudges has not been begun to send."""

    def post(self, post: _Post) -> None:
        if post.only_nudges:
            if self._nudge_waits:
                return  # that one is sent later than this, and says the same
            self._nudge_waits = True
        self._idle.clear()
        self._inbox.put(post)
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
            post = self._inbox.get()
            if post.only_nudges:
                self._nudge_waits = False
            try:
                self._send(post)
            except Exception:
                log.info("The broker does not answer; the next pass will do it.", exc_info=True)
            if self._inbox.empty():
                self._idle.set()

    def _send(self, post: _Post) -> None:
        from brender_farm.celery_app import STOP_CHUNKS, client_app

        url = broker_url(self.settings)
        with connect(url, timeout_s=2.0) as client:
            stopped = post.orders.get(STOP_CHUNKS, {}).values()
            Board(client).remove_live(chunk_id for ids in stopped for chunk_id in ids)
            client.publish(NUDGE_CHANNEL, b"")
        if not post.only_nudges:
            celery = client_app(url)
            for command, chunks in post.orders.items():
                command_nodes(celery, command, chunks, post.keys)
            restart_nodes(celery, post.restart, post.keys)


def command_nodes(
    celery: Celery, command: str, chunks: Mapping[str, list[int]], keys: Keyring
) -> None:
    """Give nodes (name → chunk ids) a command of `celery_app` about chunks of theirs."""
    for node, chunk_ids in chunks.items():
        order = wire.ChunksOrder(chunk_ids=chunk_ids)
        _command(celery, node, command, keys.command(node, command, order))


def restart_nodes(celery: Celery, orders: Mapping[str, str], keys: Keyring) -> None:
    """Have nodes (name → which order it is) start their Blenders anew."""
    from brender_farm.celery_app import RESTART_BLENDERS

    for node, name in orders.items():
        order = wire.RestartOrder(order=name)
        _command(celery, node, RESTART_BLENDERS, keys.command(node, RESTART_BLENDERS, order))


def _command(celery: Celery, node: str, name: str, arguments: Mapping[str, Any]) -> None:
    from brender_farm.celery_app import node_hostname

    celery.control.broadcast(name, arguments=dict(arguments), destination=[node_hostname(node)])
