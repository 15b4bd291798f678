"""Sends events to webhooks, in order for each, beside the scheduler's passes.

Each webhook is served by a thread of its own while there is something for it, so nobody waits for
a server that does not answer. The database keeps how far each has been told and when the next try
is: a process that ends leaves nothing out, and at most the event on its way is sent twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Webhook
from brender_farm.db.reads import webhooks as reads
from brender_farm.db.reads.events import newest_event
from brender_farm.db.writes import webhooks as writes
from brender_farm.domain.webhooks import Occurrence, is_given_up, next_try_s, wants
from brender_farm.service.hook_body import letter_of
from brender_farm.service.hook_post import Answer
from brender_farm.service.webhooks import deliver

if TYPE_CHECKING:
    from flask import Flask

    from brender_farm.config import Settings

LOOK_INTERVAL_S = 1.0
SETTLE_S = 60.0
"""How far a webhook has come is stored so often while nothing is of its topics."""
_MOST_OUT = 8
_BATCH = 200
_NEVER = float("-inf")

log = logging.getLogger(__name__)


def _count_nothing(_result: str) -> None:
    """For whoever does not count tries."""


class Postman(threading.Thread):
    """Sends what happens until the process ends.

    `url` is the dashboard's address; `count` is told each try: `taken`, `refused`, `given_up`.
    """

    def __init__(
        self, core: Flask, url: str, count: Callable[[str], None] = _count_nothing
    ) -> None:
        super().__init__(name="postman", daemon=True)
        self._core = core
        self._url = url
        self._count = count
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._out: set[int] = set()
        self._passed: dict[int, int] = {}
        """Webhook's id → the last event looked at, when nothing since the stored one was for it."""
        self._settled_s: dict[int, float] = {}

    def run(self) -> None:
        while not self._stopping.wait(LOOK_INTERVAL_S):
            try:
                self.look()
            except Exception:
                log.exception("Webhooks could not be read; the next look tries again.")

    def stop(self) -> None:
        self._stopping.set()

    def look(self) -> None:
        """Begin to serve the webhooks that something waits for."""
        now = datetime.now(UTC)
        with self._core.app_context(), reading() as session:
            due = reads.due_webhooks(session)
        for row in due:
            is_time = row.next_try_at is None or row.next_try_at <= now
            if is_time and row.newest != self._done_up_to(row.id, row.after_event, row.newest):
                self._begin(row.id)

    def _done_up_to(self, webhook_id: int, after_event: int, newest: int) -> int:
        """Return the last event that a webhook is done with."""
        passed = min(self._passed.get(webhook_id, 0), newest)
        self._passed[webhook_id] = passed  # a database that was put back may have fewer events
        return max(after_event, passed)

    def _begin(self, webhook_id: int) -> None:
        with self._lock:
            if webhook_id in self._out or len(self._out) >= _MOST_OUT:
                return
            self._out.add(webhook_id)
        threading.Thread(
            target=self._serve, args=(webhook_id,), name=f"hook-{webhook_id}", daemon=True
        ).start()

    def _serve(self, webhook_id: int) -> None:
        """Send one event after the other until all are sent or one is not taken."""
        try:
            with self._core.app_context():
                while not self._stopping.is_set() and self._send_next(webhook_id):
                    pass
        except Exception:
            log.exception("A webhook could not be served; it is tried again.")
        finally:
            with self._lock:
                self._out.discard(webhook_id)

    def _send_next(self, webhook_id: int) -> bool:
        """Send the next event that it is told of; return whether another may be sent now."""
        with reading() as session:
            hook = session.get(Webhook, webhook_id)
            if hook is None or not hook.is_on:
                return False
            session.expunge(hook)
            newest = newest_event(session)
            after = min(newest, self._done_up_to(webhook_id, hook.after_event, newest))
            seen = reads.occurrences(session, after=after, up_to=newest, limit=_BATCH)
            first = next((one for one in seen if wants(hook.topics, one.topic)), None)
            letter = letter_of(session, first, farm_url=self._url) if first is not None else None
        if letter is None or first is None:
            last = seen[-1].event_id if len(seen) == _BATCH else newest
            self._pass(hook, last)
            return last < newest
        answer = deliver(hook, letter, self._settings)
        if answer.trouble and self._stopping.is_set():
            return False
        return self._keep(hook, first, answer)

    @property
    def _settings(self) -> Settings:
        found: Settings = self._core.extensions["brender_settings"]
        return found

    def _pass(self, hook: Webhook, last: int) -> None:
        """Remember that nothing up to here was for it; store it now and then."""
        self._passed[hook.id] = last
        went_back = hook.after_event > last
        if not went_back and time.monotonic() < self._settled_s.get(hook.id, _NEVER) + SETTLE_S:
            return
        with writing() as session:
            writes.store_passed(session, hook.id, last)
        self._settled_s[hook.id] = time.monotonic()

    def _keep(self, hook: Webhook, seen: Occurrence, answer: Answer) -> bool:
        """Store how a try went; return whether the next event may be sent now."""
        now, tries = datetime.now(UTC), hook.tries + 1
        given_up = bool(answer.trouble) and is_given_up(tries, seen.at, now)
        trouble = f"{answer.trouble} Given up after {tries} tries." if given_up else answer.trouble
        with writing() as session:
            row = session.get(Webhook, hook.id)
            if row is None:
                return False  # it was removed meanwhile
            writes.store_try(
                session,
                hook.id,
                event_id=seen.event_id,
                topic=seen.topic,
                now=now,
                seconds=answer.seconds,
                status=answer.status,
                trouble=trouble,
            )
            if not trouble:
                writes.store_taken(session, hook.id, seen.event_id, now=now)
            elif answer.is_gone:
                writes.turn_off(session, row, trouble=trouble, now=now)
            elif given_up:
                writes.store_given_up(session, hook.id, seen.event_id, trouble=trouble)
            else:
                wait_s = next_try_s(tries)
                writes.store_refused(
                    session, hook.id, tries=tries, wait_s=wait_s, trouble=trouble, now=now
                )
        if trouble:
            about = {"webhook": hook.name, "event": seen.event_id, "why": trouble}
            log.warning("A webhook did not take an event.", extra=about)
        self._count("given_up" if given_up else "refused" if trouble else "taken")
        return not trouble or (given_up and not answer.is_gone)
