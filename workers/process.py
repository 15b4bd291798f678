"""The node as a process: a Celery worker with one thread for each slot."""

from __future__ import annotations

import logging
import signal
import sys
from typing import TYPE_CHECKING, Any

from celery import signals
from celery.worker.control import control_command

from brender_farm import wire
from brender_farm.broker.address import broker_url
from brender_farm.broker.board import Board
from brender_farm.broker.commands import lock_down
from brender_farm.broker.link import connect, wait_for_broker
from brender_farm.broker.queues import node_queue
from brender_farm.broker.refusals import refusals
from brender_farm.celery_app import (
    CHECK_NODE,
    FINISH_CHUNKS,
    RENDER_CHUNK,
    RESTART_BLENDERS,
    STOP_CHUNKS,
    node_app,
    node_hostname,
)
from brender_farm.errors import MessageRefused
from brender_farm.logs import ship_logs
from brender_farm.wire_checkup import BUSY, CheckupOrder
from workers.departure import Departure
from workers.node import Node
from workers.seclusion import seclude

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery import Celery

    from brender_farm.config import Settings

log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Run this machine's node until it is told to stop. Raises BlenderNotFound without Blender."""
    seclude()  # before anything is started that could look
    url = wait_for_broker(lambda: broker_url(settings))
    ship_logs(f"node.{settings.node_name}", lambda: broker_url(settings))
    log.info("The node starts.", extra={"node": settings.node_name, "slots": settings.slots})
    celery = node_app(url, node_name=settings.node_name)
    node = Node(settings, celery, Board(connect(url)))
    departure = Departure(node.stop)
    _add_tasks(celery, node)
    lock_down(celery, STOP_CHUNKS, FINISH_CHUNKS, RESTART_BLENDERS, CHECK_NODE)
    _follow_signals(node, departure)
    signals.setup_logging.connect(_keep_our_logging, weak=False)
    try:
        celery.worker_main(
            [
                "--quiet",
                "worker",
                "--pool=threads",
                f"--concurrency={settings.slots}",
                f"--queues={node_queue(settings.node_name)}",
                f"--hostname={node_hostname(settings.node_name)}",
                "--without-gossip",
                "--without-mingle",
                "--heartbeat-interval=10",
            ]
        )
    finally:
        was_told = departure.finish()
    if not was_told:
        log.error(
            "The node ended though nobody told it to; whoever watches over it starts it again."
        )
        sys.exit(1)


def _add_tasks(celery: Celery, node: Node) -> None:
    @celery.task(name=RENDER_CHUNK)
    def render_chunk(body: dict[str, Any]) -> None:
        try:
            node.render(body)
        except MessageRefused as error:
            refusals.note("orders", str(error))

    for command in (STOP_CHUNKS, FINISH_CHUNKS, RESTART_BLENDERS):
        control_command(name=command)(_obeying(node, command))

    @control_command(name=CHECK_NODE, args=[("order", dict)])
    def check_node(_state: Any, order: object) -> dict[str, str]:
        try:
            has_begun = node.checkups.begin(wire.read(CheckupOrder, order))
        except MessageRefused as error:
            return {"error": str(error)}
        return {"ok": "checking"} if has_begun else {"error": BUSY}


def _obeying(node: Node, command: str) -> Callable[..., dict[str, str]]:
    def obey(_state: Any, **given: Any) -> dict[str, str]:
        try:
            node.obey(command, given)
        except MessageRefused as error:
            refusals.note(f"command {command}", str(error))
            return {"error": "refused"}
        return {"ok": command}

    return obey


def _follow_signals(node: Node, departure: Departure) -> None:
    def start(**_: Any) -> None:
        # A second Ctrl+C would have Celery wait for its tasks inside the handler.
        signal.signal(signal.SIGINT, signal.getsignal(signal.SIGTERM))
        node.start()

    def stop(**_: Any) -> None:
        # Sent inside the signal handler, with each signal. Celery itself would wait for its
        # tasks, however long they take.
        departure.tell()

    signals.worker_ready.connect(start, weak=False)
    signals.worker_shutting_down.connect(stop, weak=False)


def _keep_our_logging(**_: Any) -> None:
    """Being connected is what keeps Celery from setting up logging of its own."""
