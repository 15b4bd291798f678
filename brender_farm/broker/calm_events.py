"""Celery's events for Flower, a few times a second instead of three times for each chunk."""

from __future__ import annotations

from typing import Any

from celery.app.events import Events
from celery.events.dispatcher import EventDispatcher
from kombu.asynchronous import get_event_loop

DELAY_S = 0.25


class CalmDispatcher(EventDispatcher):  # type: ignore[misc] # Celery publishes no types
    """Sends what happened to tasks together, at most `DELAY_S` late."""

    def __init__(self, *args: Any, on_send_buffered: Any = None, **options: Any) -> None:
        note = self._note if on_send_buffered is not None else None
        self._is_due = False
        super().__init__(*args, on_send_buffered=note, **options)

    def _note(self) -> None:
        hub = get_event_loop()
        if not self._is_due and hub is not None:
            self._is_due = True
            hub.call_soon(self._wait, hub)  # type: ignore[no-untyped-call] # a pool's thread may add to this, not to the timers

    def _wait(self, hub: Any) -> None:
        hub.call_later(DELAY_S, self._flush_late)

    def _flush_late(self) -> None:
        self._is_due = False
        self.flush()


class CalmEvents(Events):  # type: ignore[misc] # Celery publishes no types
    """The events of an app, sent so."""

    dispatcher_cls = "brender_farm.broker.calm_events:CalmDispatcher"
