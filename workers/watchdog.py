"""Ends renders that show no sign of life: no line of output and no processor time for too long."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.attempt import Attempt
    from workers.blender.session import Session
    from workers.claims import Claims

log = logging.getLogger(__name__)

_CPU_NOISE_S = 0.05
"""A hung process still gets a little processor time for its sleeping threads."""


@dataclass(slots=True)
class StallClock:
    """Since when one session shows no sign of life. Times are seconds of `time.monotonic()`."""

    session: Session
    cpu_s: float
    alive_at_s: float

    def silent_for(self, cpu_s: float, heard_at_s: float, now_s: float) -> float:
        """Note what is seen now and return how long there has been nothing."""
        if cpu_s - self.cpu_s > _CPU_NOISE_S:
            self.cpu_s, self.alive_at_s = cpu_s, now_s
        self.alive_at_s = max(self.alive_at_s, heard_at_s)
        return now_s - self.alive_at_s


class Watchdog(threading.Thread):
    """Looks at every render of the node, a few times within the stall limit."""

    def __init__(self, claims: Claims, *, stall_s: float) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._claims = claims
        self._stall_s = stall_s
        self._clocks: dict[Attempt, StallClock] = {}
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(min(self._stall_s / 5, 5.0)):
            try:
                self.look()
            except Exception:
                log.exception("A look at the renders failed; the next one tries again.")

    def look(self) -> None:
        """Kill what has been silent for longer than the limit."""
        rendering = {attempt: session for attempt, session in self._claims.sessions()}  # noqa: C416
        self._clocks = {a: c for a, c in self._clocks.items() if rendering.get(a) is c.session}
        for attempt, session in rendering.items():
            now_s, cpu_s = time.monotonic(), session.cpu_s()
            clock = self._clocks.setdefault(attempt, StallClock(session, cpu_s, now_s))
            if clock.silent_for(cpu_s, session.last_sign_of_life, now_s) > self._stall_s:
                attempt.kill_session(
                    session,
                    f"Blender hung: no output and no processor time for {self._stall_s:g} s.",
                )

    def stop(self) -> None:
        self._stopping.set()
