"""Lets many requests wait for changes at the cost of one: a thread asks, and wakes them."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter

from flask import Flask

from brender_farm.service.changes import current_tags

LOOK_INTERVAL_S = 0.25
MOST_WAITING = 50
"""Each holds one of the threads that answer everybody (`brender web` has 64)."""

log = logging.getLogger(__name__)


class ChangeWatch:
    """Looks at what somebody waits for, a few times a second, and only while somebody does."""

    def __init__(self, app: Flask, *, most: int = MOST_WAITING) -> None:
        self._app = app
        self._most = most
        self._turn = threading.Condition()
        self._subjects = Counter[str]()
        self._tags: dict[str, str] = {}
        self._begun = 0
        self._done = 0
        self._has_new = False
        self._thread: threading.Thread | None = None

    def wait(self, subject: str, tag: str, seconds: float) -> bool | None:
        """Wait until a subject's tag is another; return whether it is, None: too many wait."""
        ends_at = time.monotonic() + seconds
        with self._turn:
            if self._subjects.total() >= self._most:
                return None
            self._subjects[subject] += 1
            self._has_new = True
            try:
                self._start()
                first = self._begun + 1  # a look that began before may have seen an older tag
                return self._turn.wait_for(
                    lambda: self._done >= first and self._tags.get(subject) != tag,
                    max(0.0, ends_at - time.monotonic()),
                )
            finally:
                self._subjects[subject] -= 1
                self._subjects += Counter()  # forgets those that nobody waits for

    @property
    def waiting(self) -> int:
        """How many requests wait now."""
        with self._turn:
            return self._subjects.total()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="change-watch", daemon=True)
            self._thread.start()
        self._turn.notify_all()

    def _run(self) -> None:
        while True:
            with self._turn:
                self._turn.wait_for(self._subjects.total)
                subjects = list(self._subjects)
                self._begun += 1
            try:
                with self._app.app_context():
                    tags = current_tags(subjects)
            except Exception:
                log.exception("What has changed cannot be read; the next look tries again.")
            else:
                self._tell(tags)
            time.sleep(LOOK_INTERVAL_S)

    def _tell(self, tags: dict[str, str]) -> None:
        with self._turn:
            if self._has_new or tags != self._tags:
                self._turn.notify_all()
            self._has_new, self._tags, self._done = False, tags, self._begun
