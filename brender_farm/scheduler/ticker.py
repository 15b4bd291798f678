"""The scheduler's clock: a pass every second, and at once when somebody nudges."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from redis import RedisError

from brender_farm.service.messages import NUDGE_CHANNEL

if TYPE_CHECKING:
    from redis import Redis

    from brender_farm.broker.figures import FigurePost
    from brender_farm.broker.vitals import SchedulerVitals
    from brender_farm.scheduler.scheduler import Scheduler

PASS_INTERVAL_S = 1.0

log = logging.getLogger(__name__)


class Ticker(threading.Thread):
    """Runs the scheduler's passes until the process ends."""

    def __init__(
        self,
        scheduler: Scheduler,
        client: Redis,
        vitals: SchedulerVitals | None = None,
        figures: FigurePost | None = None,
    ) -> None:
        super().__init__(name="ticker", daemon=True)
        self._scheduler = scheduler
        self._redis = client
        self._vitals = vitals
        self._figures = figures
        self._ears: Any = None
        self._stopping = threading.Event()

    def run(self) -> None:
        next_pass = time.monotonic()
        while not self._stopping.is_set():
            nudged = self._listen(next_pass - time.monotonic())
            try:
                if time.monotonic() >= next_pass:
                    self._pass()
                    next_pass = time.monotonic() + PASS_INTERVAL_S
                elif nudged:
                    self._scheduler.plan()
            except Exception:
                log.exception("A pass failed; the next one tries again.")
                next_pass = time.monotonic() + PASS_INTERVAL_S

    def _pass(self) -> None:
        began_s = time.monotonic()
        self._scheduler.run_pass()
        if self._vitals is not None:
            self._vitals.note(time.monotonic() - began_s)
        if self._figures is not None:
            self._figures.note()

    def stop(self) -> None:
        self._stopping.set()

    def _listen(self, limit_s: float) -> bool:
        """Wait for a nudge, for `limit_s` at most; without a broker, wait just the same."""
        limit_s = max(limit_s, 0.0)
        try:
            if self._ears is None:
                ears = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
                ears.subscribe(NUDGE_CHANNEL)
                self._ears = ears
            # None also comes for the answer to the subscription itself.
            return self._ears.get_message(timeout=limit_s) is not None
        except (RedisError, OSError):
            self._ears = None
            self._stopping.wait(limit_s)
            return False
