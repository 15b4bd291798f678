"""The scheduler: records reports, plans, sends chunks, and takes back what was lost.

Celery's main thread hands it reports; a ticking thread runs its passes. One lock keeps the two
from waiting for each other inside SQLite, whose waiting is by sleep.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import kombu.exceptions
from redis import RedisError
from sqlalchemy import update

from brender_farm import wire
from brender_farm.broker.queues import node_queue
from brender_farm.celery_app import RENDER_CHUNK, STOP_CHUNKS
from brender_farm.db.core import writing
from brender_farm.db.models import Farm
from brender_farm.db.reads.nodes import node_names
from brender_farm.db.writes.chunks import ending_chunks, live_chunk_nodes
from brender_farm.domain.leases import LeaseWatch
from brender_farm.scheduler.attendance import take_attendance
from brender_farm.service.dispatch import Dispatch, assign_chunks
from brender_farm.service.messages import by_name, command_nodes
from brender_farm.service.recording import record_report

if TYPE_CHECKING:
    from celery import Celery
    from flask import Flask

    from brender_farm.broker.board import Board

log = logging.getLogger(__name__)

BROKER_ERRORS = (RedisError, kombu.exceptions.OperationalError, OSError)


class Scheduler:
    """The farm-side half of the farm. All methods may be called from any thread."""

    def __init__(self, core: Flask, celery: Celery, board: Board) -> None:
        self._core = core
        self._celery = celery
        self._board = board
        self._watch = LeaseWatch()
        self._lock = threading.Lock()
        self._unsent: dict[int, Dispatch] = {}

    def receive(self, body: object) -> None:
        """Record one report and give the freed slots their next chunks.

        Raises MessageRefused for a message that is not in the agreed form.
        """
        report = wire.read(wire.Report, body)
        with self._lock, self._core.app_context():
            now = datetime.now(UTC)
            with writing() as session:
                recorded = record_report(session, report, now=now)
                dispatches = assign_chunks(session, now=now) if recorded.ended_chunks else []
            self._send(dispatches, gone=recorded.ended_chunks)

    def plan(self) -> None:
        """Fill the free slots now."""
        with self._lock, self._core.app_context():
            with writing() as session:
                dispatches = assign_chunks(session, now=datetime.now(UTC))
            self._send(dispatches)

    def run_pass(self) -> None:
        """Look at everything once: heartbeats, leases, the live set, free slots."""
        with self._lock, self._core.app_context():
            trouble = self._look()
            with writing() as session:
                changes = {"pass_at": datetime.now(UTC), "broker_trouble": trouble}
                session.execute(update(Farm).values(changes))

    def _look(self) -> str:
        """Return why the broker cannot be used; empty when all went well."""
        try:
            beats = self._board.heartbeats()
        except BROKER_ERRORS as error:
            # Nobody can be heard, so nobody's silence counts.
            self._watch.forgive(time.monotonic())
            return f"The broker does not answer: {error}"
        now = datetime.now(UTC)
        with writing() as session:
            lost = take_attendance(session, self._watch, beats, now=now, now_s=time.monotonic())
            dispatches = assign_chunks(session, now=now)
            live, names = live_chunk_nodes(session), node_names(session)
            ending = ending_chunks(session)
        try:
            self._mirror(live)
            self._board.replace_ending(ending)
            if lost:
                command_nodes(self._celery, STOP_CHUNKS, by_name(lost, names))
        except BROKER_ERRORS as error:
            log.warning("The live set could not be mirrored.", extra={"error": str(error)})
        self._unsent = {key: dispatch for key, dispatch in self._unsent.items() if key in live}
        self._send(dispatches)
        return ""

    def _mirror(self, live: dict[int, int]) -> None:
        """Make the board's live set what the database says."""
        known = self._board.live()
        if known is None:
            self._board.replace_live(live)
            return
        self._board.add_live(live.keys() - known)
        self._board.remove_live(known - live.keys())

    def _send(self, dispatches: list[Dispatch], gone: list[int] | None = None) -> None:
        """Send stored chunks; what the broker does not take now goes out with the next pass."""
        self._unsent |= {dispatch.order.chunk_id: dispatch for dispatch in dispatches}
        fences = {fence for each in self._unsent.values() for fence in each.order.fences}
        try:
            # What a chunk fences must have ceased to be live before it begins.
            self._board.remove_live(fences)
            self._board.add_live(self._unsent)
            for dispatch in list(self._unsent.values()):
                self._publish(dispatch)
                del self._unsent[dispatch.order.chunk_id]
            self._board.remove_live(gone or ())  # last: a node waits for its chunk
        except BROKER_ERRORS as error:
            log.warning("Chunks wait for the broker.", extra={"error": str(error)})

    def _publish(self, dispatch: Dispatch) -> None:
        self._celery.send_task(
            RENDER_CHUNK,
            args=[wire.write(dispatch.order)],
            queue=node_queue(dispatch.node),
            task_id=f"chunk-{dispatch.order.chunk_id}",
            argsrepr=dispatch.label,
            kwargsrepr="",
            retry=False,
        )
