"""Audits finished shots by itself, one at a time, beside the scheduler's passes.

It only reads files, and writes one short transaction per shot. While other shots render it rests
as long as it reads, so that the storage and this process stay theirs.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from brender_farm.db.core import reading
from brender_farm.db.reads.audit import is_work_waiting, shots_to_audit
from brender_farm.service.audit import audit_shot

if TYPE_CHECKING:
    from flask import Flask

    from brender_farm.config import AuditKind

LOOK_INTERVAL_S = 3.0
RETRY_S = 600.0
"""A folder that this machine does not see is tried again after so long."""
RECENT = timedelta(days=1)
"""What was finished longer ago may have been archived or deleted on purpose: it is audited only
when someone asks."""
_READING_S = 0.2
"""It reads so long before it rests."""

log = logging.getLogger(__name__)


class Auditor(threading.Thread):
    """Audits what the farm has finished until the process ends."""

    def __init__(self, core: Flask, kind: AuditKind) -> None:
        super().__init__(name="auditor", daemon=True)
        self._core = core
        self._kind = kind
        self._stopping = threading.Event()
        self._not_before: dict[int, float] = {}

    def run(self) -> None:
        while self._kind != "off" and not self._stopping.wait(LOOK_INTERVAL_S):
            try:
                self.look()
            except _Stopped:
                return
            except Exception:
                log.exception("Shots could not be audited; the next look tries again.")

    def stop(self) -> None:
        self._stopping.set()

    def look(self) -> None:
        """Audit every shot that was finished and not audited since."""
        with self._core.app_context(), reading() as session:
            shots = shots_to_audit(session, finished_since=datetime.now(UTC) - RECENT)
        self._not_before = {s: at for s, at in self._not_before.items() if s in shots}
        for shot_id in shots:
            if self._stopping.is_set():
                return
            if self._not_before.get(shot_id, 0.0) <= time.monotonic():
                self._audit(shot_id)

    def _audit(self, shot_id: int) -> None:
        # Should that fail, or the folder not be seen, the shot has its next turn later.
        self._not_before[shot_id] = time.monotonic() + RETRY_S
        pace = _Pace(self._stopping)
        with self._core.app_context():
            result = audit_shot(
                shot_id, "farm", full=self._kind == "full", automatic=True, on_frame=pace.rest
            )
        if not result.trouble:
            del self._not_before[shot_id]
        seen = {"shot_id": shot_id, "frames": result.checked_count, "bad": result.bad_count}
        if result.is_well:
            log.info("A shot was audited: its files are as they were.", extra=seen)
        else:
            why = result.trouble or result.kept
            log.warning("An audit found trouble.", extra=seen | {"why": why})


class _Stopped(Exception):
    """The process ends: the audit is left unfinished."""


class _Pace:
    """Rests between frames while there is other work."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._reading_since = time.monotonic()

    def rest(self, _done: int, _total: int) -> None:
        if self._stopping.is_set():
            raise _Stopped
        read_s = time.monotonic() - self._reading_since
        if read_s < _READING_S:
            return
        with reading() as session:
            busy = is_work_waiting(session)
        if busy and self._stopping.wait(read_s):
            raise _Stopped
        self._reading_since = time.monotonic()
