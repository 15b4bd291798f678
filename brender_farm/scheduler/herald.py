"""Tells subscribers what happened, by mail, chat or webhook, beside the scheduler's passes.

It reads events; each subscription's message goes out on a thread of its own, so neither the
scheduler nor another subscriber waits for a server that does not answer. The database keeps how
far each of them has been told: after a crash nothing is left out, and at most the message that was
on its way comes twice.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Subscription
from brender_farm.db.reads import news as reads
from brender_farm.db.reads.events import newest_event
from brender_farm.db.writes.notices import store_told, store_told_up_to
from brender_farm.domain.mail_bag import MailBag
from brender_farm.domain.news import Happening, Message, News, Wish, message_of, news_of, wants
from brender_farm.service.courier import deliver

if TYPE_CHECKING:
    from flask import Flask

LOOK_INTERVAL_S = 1.0
PAUSES_S = (0.0, 5.0, 25.0)
"""How long it waits before each try of a message; after the last one it is given up."""
SETTLE_S = 60.0
"""How far all have been told is stored so often when nobody had to be told anything."""
_MOST_OUT = 8
_BATCH = 500
_NEVER = float("-inf")

log = logging.getLogger(__name__)


class Herald(threading.Thread):
    """Tells what happens until the process ends; `url` is the dashboard's address."""

    def __init__(self, core: Flask, url: str) -> None:
        super().__init__(name="herald", daemon=True)
        self._core = core
        self._url = url
        self._stopping = threading.Event()
        self._bag = MailBag()
        self._lock = threading.Lock()
        self._read_up_to = self._stored_up_to = -1
        self._settled_s = _NEVER

    def run(self) -> None:
        while not self._stopping.wait(LOOK_INTERVAL_S):
            try:
                self.look()
            except Exception:
                log.exception("News could not be read; the next look tries again.")

    def stop(self) -> None:
        self._stopping.set()

    def look(self) -> None:
        """Read what happened since the last look, and send what has been gathered."""
        with self._core.app_context():
            self._read()
            with self._lock:
                due = self._bag.take_due(time.monotonic(), most_out=_MOST_OUT)
            for reader, news in due.items():
                threading.Thread(
                    target=self._tell, args=(reader, news), name=f"herald-{reader}", daemon=True
                ).start()
            self._settle()

    def _read(self) -> None:
        with reading() as session:
            newest = newest_event(session)
            if self._read_up_to < 0:
                told = reads.told_up_to(session)
                self._stored_up_to = -1 if told is None else told
                # A database that was put back may have fewer events than were told of.
                self._read_up_to = newest if told is None else min(told, newest)
            wishes = reads.wishes(session) if newest > self._read_up_to else []
            while wishes and self._read_up_to < newest:
                seen = reads.happenings(session, after=self._read_up_to, up_to=newest, limit=_BATCH)
                self._gather(wishes, [(one, news_of(one)) for one in seen])
                self._read_up_to = seen[-1].event_id if len(seen) == _BATCH else newest
        self._read_up_to = newest

    def _gather(self, wishes: list[Wish], seen: list[tuple[Happening, News | None]]) -> None:
        with self._lock:
            for wish in wishes:
                told = [
                    news for one, news in seen if news is not None and wants(wish, one, news.topic)
                ]
                if told:
                    self._bag.add(wish.id, told, time.monotonic())

    def _settle(self) -> None:
        """Store how far all have been told, at once after a message, else now and then."""
        with self._lock:
            done = self._bag.done_up_to(self._read_up_to)
        if done <= self._stored_up_to or time.monotonic() < self._settled_s + SETTLE_S:
            return
        with writing() as session:
            store_told_up_to(session, done)
        self._stored_up_to, self._settled_s = done, time.monotonic()

    def _tell(self, reader: int, news: tuple[News, ...]) -> None:
        """Send one message; it is done with when it was delivered or given up."""
        try:
            with self._core.app_context():
                self._deliver(reader, news)
        except Exception:
            log.exception("A subscriber could not be told; it is tried again.")
            with self._lock:
                self._bag.put_back(reader, time.monotonic())
            return
        with self._lock:
            if not self._stopping.is_set():
                self._bag.settle(reader)
                self._settled_s = _NEVER

    def _deliver(self, reader: int, news: tuple[News, ...]) -> None:
        with reading() as session:
            row = session.get(Subscription, reader)
            address = row.address if row is not None else ""
        if not address:
            return  # it was removed meanwhile
        trouble = self._try(address, message_of(news, self._url))
        if trouble is None:
            return
        if trouble:
            log.warning(
                "A subscriber could not be told.", extra={"subscription": reader, "why": trouble}
            )
        last = news[-1].event_id
        with writing() as session:
            store_told(session, reader, after_event=last, trouble=trouble, now=datetime.now(UTC))

    def _try(self, address: str, message: Message) -> str | None:
        """Return why it was not delivered, empty if it was, None if the process ends."""
        trouble = ""
        for pause_s in PAUSES_S:
            if self._stopping.wait(pause_s):
                return None
            trouble = deliver(address, message)
            if not trouble:
                break
        return trouble
