"""Checks of the farm that people ask for: one at a time, beside the requests."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from brender_farm.errors import FarmError
from brender_farm.service.doctor import Examination, examine

if TYPE_CHECKING:
    from flask import Flask

    from brender_farm.config import Settings

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Check:
    """A check that goes on, or the last one that was made."""

    node: str
    """The one node that it is about; empty: all."""
    render: bool
    """Whether nodes render the test frame."""
    asked_by: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    answered_count: int = 0
    asked_count: int | None = None
    """How many nodes are asked; None: it has not come to that."""
    found: Examination | None = None
    trouble: str = ""
    """Why nothing was found."""
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def is_running(self) -> bool:
        return not self._over.is_set()

    @property
    def tag(self) -> str:
        """Changes with what is to be shown of it."""
        counts = f"{self.answered_count}-{self.asked_count}"
        return f"{self.started_at.timestamp()}-{self.is_running:d}-{counts}"

    def wait(self, limit_s: float) -> bool:
        """Wait until it is over; tell whether it is."""
        return self._over.wait(limit_s)

    def end(self) -> None:
        self._over.set()

    def tell(self, _what: str, done: int, total: int | None) -> None:
        self.answered_count, self.asked_count = done, total


class Examinations:
    """The checks that this process makes."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self.last: Check | None = None
        """The one that goes on, or the last one."""

    def start(self, *, node: str = "", render: bool = True, actor: str) -> Check:
        """Begin a check, or return the one that goes on."""
        with self._lock:
            if self.last is not None and self.last.is_running:
                return self.last
            self.last = check = Check(node=node, render=render, asked_by=actor)
        log.info("The farm is checked.", extra={"node": node or "all", "actor": actor})
        threading.Thread(target=self._run, args=(check,), name="check", daemon=True).start()
        return check

    def _run(self, check: Check) -> None:
        settings: Settings = self._app.extensions["brender_settings"]
        try:
            check.found = examine(
                settings, node=check.node, render=check.render, app=self._app, tell=check.tell
            )
        except FarmError as refusal:
            check.trouble = refusal.message
        except Exception:
            log.exception("The farm could not be checked.")
            check.trouble = "The check broke off: the dashboard's log says why."
        finally:
            check.end()
