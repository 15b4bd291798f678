"""Audits that people ask for: each runs beside the requests, so that no page waits long for one."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from brender_farm.errors import FarmError
from brender_farm.service.audit import audit_shot

if TYPE_CHECKING:
    from flask import Flask

    from brender_farm.service.audit_result import AuditResult

AT_ONCE = 2
"""Audits that read the storage at a time; others wait for their turn."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Audit:
    """An audit under way. It may still wait for its turn."""

    checked_count: int = 0
    frame_count: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _result: AuditResult | None = None
    _error: FarmError | None = None

    def wait(self, limit_s: float) -> AuditResult | None:
        """Return its result, None if it takes longer than that. Raises FarmError if it failed."""
        self._over.wait(limit_s)
        if self._error is not None:
            raise self._error
        return self._result

    def note(self, checked_count: int, frame_count: int) -> None:
        self.checked_count, self.frame_count = checked_count, frame_count

    def end(self, result: AuditResult | None, error: FarmError | None) -> None:
        self._result, self._error = result, error
        self._over.set()


class Audits:
    """The audits that this process runs, at most one of a shot."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._turn = threading.Semaphore(AT_ONCE)
        self._running: dict[int, Audit] = {}

    def start(self, shot_id: int, *, actor: str, full: bool = True) -> Audit:
        """Begin to audit a shot, or return the audit of it that is under way."""
        with self._lock:
            audit = self._running.get(shot_id)
            if audit is None:
                audit = self._running[shot_id] = Audit()
                threading.Thread(
                    target=self._run,
                    args=(audit, shot_id, actor, full),
                    name=f"audit-{shot_id}",
                    daemon=True,  # it changes nothing before its end, so it may be cut off
                ).start()
        return audit

    def of(self, shot_id: int) -> Audit | None:
        """Return the audit of a shot that is under way."""
        return self._running.get(shot_id)

    def _run(self, audit: Audit, shot_id: int, actor: str, full: bool) -> None:
        result, error = None, None
        try:
            with self._turn, self._app.app_context():
                result = audit_shot(shot_id, actor, full=full, on_frame=audit.note)
        except FarmError as refusal:
            error = refusal
        except Exception:
            log.exception("A shot could not be audited.", extra={"shot_id": shot_id})
            error = FarmError(
                f"Shot {shot_id} could not be audited: the dashboard's log says why. Try again."
            )
        finally:
            with self._lock:
                del self._running[shot_id]
            audit.end(result, error)
