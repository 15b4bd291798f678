"""The scheduler: records reports, plans, sends chunks, and takes back what was lost.

Celery's main thread hands it reports; a ticking thread runs its passes. One lock keeps the two
from waiting for each other inside SQLite, whose waiting is by sleep.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import kombu.exceptions
from redis import RedisError
from sqlalchemy import update

from brender_farm.broker.keyring import Keyring
from brender_farm.broker.queues import node_queue
from brender_farm.celery_app import RENDER_CHUNK, STOP_CHUNKS
from brender_farm.db.core import reading, writing
from brender_farm.db.models import Farm
from brender_farm.db.reads.nodes import node_names, restart_orders
from brender_farm.db.reads.racing import live_races
from brender_farm.db.writes.chunks import ending_chunks, live_chunk_nodes
from brender_farm.db.writes.dependencies import open_due
from brender_farm.db.writes.twins import dissolve_races
from brender_farm.domain.leases import LeaseWatch
from brender_farm.domain.samples import Samples
from brender_farm.scheduler.attendance import take_attendance
from brender_farm.scheduler.meters import Meters, first_frames
from brender_farm.service.broker_users import UserSync
from brender_farm.service.desk import Desk
from brender_farm.service.dispatch import Dispatch, assign_chunks
from brender_farm.service.keys import load_keys
from brender_farm.service.messages import by_name, command_nodes
from brender_farm.service.recording import record_report

if TYPE_CHECKING:
    from celery import Celery
    from flask import Flask
    from sqlalchemy.orm import Session

    from brender_farm.broker.board import Board

log = logging.getLogger(__name__)

BROKER_ERRORS = (RedisError, kombu.exceptions.OperationalError, OSError)


class Scheduler:
    """The farm-side half of the farm. All methods may be called from any thread."""

    def __init__(
        self,
        core: Flask,
        celery: Celery,
        board: Board,
        meters: Meters | None = None,
        users: UserSync | None = None,
    ) -> None:
        """`users` keeps the nodes' users at the broker; None: nobody does."""
        self._core = core
        self._meters = meters or Meters()
        self._celery = celery
        self._board = board
        self._users = users
        self._keys: Keyring | None = None
        self._watch = LeaseWatch()
        self._samples = Samples()
        self._lock = threading.Lock()
        self._desk = Desk()
        self._unsent: dict[int, Dispatch] = {}
        self._told_restarts: dict[str, str] | None = None

    def receive(self, body: object) -> None:
        """Record one report and give the freed slots their next chunks.

        Raises MessageRefused for a message that is not in the agreed form, or not its node's.
        """
        with self._lock, self._core.app_context():
            report = self._keyring().report(body)
            now = datetime.now(UTC)
            with self._writing() as session:
                recorded = record_report(session, report, now=now)
                stopped = recorded.stopped_chunks
                has_room = recorded.ended_chunks or stopped or recorded.frees_others
                dispatches = self._assign(session, now) if has_room else []
                names = node_names(session) if stopped else {}
                firsts = first_frames(session, recorded, now=now)
            self._meters.heard(report, recorded, firsts)
            self._meters.followed(report.node, recorded.ended_chunks, dispatches)
            self._send(dispatches, gone=[*recorded.ended_chunks, *stopped])
            self._stop(by_name(stopped, names))

    def plan(self) -> None:
        """Fill the free slots now."""
        with self._lock, self._core.app_context():
            self._read_keys()
            self._desk.forget()  # limits and shares have no counter of changes
            with self._writing() as session:
                dispatches = self._assign(session, datetime.now(UTC))
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
            keys = self._read_keys()
            if self._users is not None:
                self._users.look()
            beats, known = self._board.heartbeats(keys), self._board.live()
        except BROKER_ERRORS as error:
            # Nobody can be heard, so nobody's silence counts.
            self._watch.forgive(time.monotonic())
            return f"The broker does not answer: {error}"
        now = datetime.now(UTC)
        self._desk.forget()
        with self._writing() as session:
            lost = take_attendance(
                session,
                self._watch,
                beats,
                now=now,
                now_s=time.monotonic(),
                samples=self._samples,
            )
            if known is None:
                dissolve_races(session, now=now)  # what was claimed is forgotten
            open_due(session, now=now)
            dispatches = self._assign(session, now)
            live, names = live_chunk_nodes(session), node_names(session)
            races = live_races(session)
            ending, restarts = ending_chunks(session), restart_orders(session)
        try:
            self._mirror(known, live, races)
            self._board.replace_ending(ending)
            if known is None or restarts != self._told_restarts:
                self._board.replace_restarts(restarts)
                self._told_restarts = restarts
            for chunk_id, node_id in lost.items():
                self._meters.count("chunks_lost")
                about = {"chunk_id": chunk_id, "node": names.get(node_id, "")}
                log.warning("A chunk was lost; its frames go to others.", extra=about)
            if lost:
                command_nodes(self._celery, STOP_CHUNKS, by_name(lost, names), keys)
        except BROKER_ERRORS as error:
            log.warning("The live set could not be mirrored.", extra={"error": str(error)})
        self._unsent = {key: dispatch for key, dispatch in self._unsent.items() if key in live}
        self._send(dispatches)
        return ""

    def _keyring(self) -> Keyring:
        """Return the nodes' keys as they were at the last look."""
        return self._keys or self._read_keys()

    def _read_keys(self) -> Keyring:
        """Return the nodes' keys as they are now."""
        self._keys = self._keys or Keyring()
        with reading() as session:
            load_keys(session, self._keys)
        return self._keys

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Write with the desk laid out; a transaction that fails leaves nothing on it."""
        try:
            with writing() as session:
                self._desk.open(session)
                yield session
                self._desk.close(session)
        except BaseException:
            self._desk.forget()
            raise

    def _assign(self, session: Session, now: datetime) -> list[Dispatch]:
        with self._meters.timing("plan"):
            dispatches = assign_chunks(session, now=now, desk=self._desk)
        self._meters.count("chunks_sent", len(dispatches))
        return dispatches

    def _mirror(
        self, known: frozenset[int] | None, live: dict[int, int], races: dict[int, int]
    ) -> None:
        """Make the board's live set and its races what the database says."""
        if known is None:
            self._board.replace_live(live, races)
            return
        known_races = self._board.races()
        self._board.add_races(dict(races.items() - known_races.items()))
        self._board.add_live(live.keys() - known)
        self._board.remove_live(known - live.keys())
        if gone := known_races.keys() - races.keys():
            self._board.remove_races(gone, set(known_races.values()) - set(races.values()))

    def _send(self, dispatches: list[Dispatch], gone: list[int] | None = None) -> None:
        """Send stored chunks; what the broker does not take now goes out with the next pass."""
        self._unsent |= {dispatch.order.chunk_id: dispatch for dispatch in dispatches}
        fences = {fence for each in self._unsent.values() for fence in each.order.fences}
        try:
            # What a chunk fences must have ceased to be live before it begins.
            self._board.remove_live(fences)
            self._board.add_races(
                {key: each.race for key, each in self._unsent.items() if each.race is not None}
            )
            self._board.add_live(self._unsent)
            self._publish(list(self._unsent.values()))
            self._unsent.clear()
            self._board.remove_live(gone or ())  # last: a node waits for its chunk
        except BROKER_ERRORS as error:
            log.warning("Chunks wait for the broker.", extra={"error": str(error)})

    def _stop(self, chunks: Mapping[str, list[int]]) -> None:
        """Tell nodes (name → chunk ids) that chunks of theirs are over; heartbeats tell it too."""
        try:
            command_nodes(self._celery, STOP_CHUNKS, chunks, self._keyring())
        except BROKER_ERRORS as error:
            log.info("A chunk is not stopped at once.", extra={"error": str(error)})

    def _publish(self, dispatches: list[Dispatch]) -> None:
        """Send them all in one go; when that fails some may have gone, which does no harm."""
        if not dispatches:
            return
        keys = self._keyring()
        with self._celery.producer_pool.acquire(block=True) as producer, producer.batch():
            for dispatch in dispatches:
                self._celery.send_task(
                    RENDER_CHUNK,
                    args=[keys.order(dispatch.node, dispatch.order)],
                    producer=producer,
                    queue=node_queue(dispatch.node),
                    task_id=f"chunk-{dispatch.order.chunk_id}",
                    argsrepr=dispatch.label,
                    kwargsrepr="",
                    retry=False,
                )
