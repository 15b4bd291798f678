"""Ends renders that may not go on: hung, over a limit of their shot, or about to use up the memory.

A Blender that only waits for work is dropped before any render is ended for the machine's sake.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers import limits
from workers.stats import Memory, machine_memory

if TYPE_CHECKING:
    from workers.attempt import Attempt
    from workers.blender.session import Session
    from workers.claims import Claims
    from workers.limits import Verdict
    from workers.rendering import Rendering
    from workers.sessions import Sessions

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
"""Blender takes memory at some GB a second: a look twice a second costs 0.1 ms when all is well."""
_STALL_LOOK_EVERY_S = 5.0
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
    """Looks at every render of the node, and at the machine's memory."""

    def __init__(
        self,
        claims: Claims,
        sessions: Sessions,
        *,
        stall_s: float,
        memory_floor_pct: float,
        read_memory: Callable[[], Memory] = machine_memory,
    ) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._claims = claims
        self._sessions = sessions
        self._stall_s = stall_s
        self._memory_floor_pct = memory_floor_pct
        self._read_memory = read_memory
        self._clocks: dict[Attempt, StallClock] = {}
        self._stall_look_at_s = 0.0
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                self.look()
            except Exception:
                log.exception("A look at the renders failed; the next one tries again.")

    def look(self) -> None:
        """End what may not go on; whether renders hang is looked at less often."""
        renderings = self._claims.renderings()
        for attempt, rendering in renderings:
            self._hold_to_limits(attempt, rendering)
        self._guard_memory(renderings)
        now_s = time.monotonic()
        if now_s >= self._stall_look_at_s:
            self._stall_look_at_s = now_s + min(self._stall_s / 5, _STALL_LOOK_EVERY_S)
            self.look_for_hung(renderings)

    def look_for_hung(self, renderings: list[tuple[Attempt, Rendering]]) -> None:
        """End what has shown no sign of life for longer than the limit."""
        sessions = {attempt: rendering.session for attempt, rendering in renderings}
        self._clocks = {a: c for a, c in self._clocks.items() if sessions.get(a) is c.session}
        for attempt, rendering in renderings:
            session, now_s = rendering.session, time.monotonic()
            cpu_s = session.cpu_s()
            clock = self._clocks.setdefault(attempt, StallClock(session, cpu_s, now_s))
            if clock.silent_for(cpu_s, session.last_sign_of_life, now_s) > self._stall_s:
                _end(attempt, rendering, limits.hung(self._stall_s))

    def stop(self) -> None:
        self._stopping.set()

    def _hold_to_limits(self, attempt: Attempt, rendering: Rendering) -> None:
        if rendering.frame is not None:
            seconds = time.monotonic() - rendering.since_s
            if verdict := limits.over_time(attempt.limits, seconds):
                _end(attempt, rendering, verdict)
                return
        if attempt.limits.memory_bytes is None:
            return
        session = rendering.session
        if verdict := limits.over_memory(attempt.limits, session.rss_bytes()):
            # What an earlier frame or file has left in the process is not this frame's weight:
            # only a Blender of its own tells.
            _end(attempt, rendering, verdict if session.is_fresh else None)

    def _guard_memory(self, renderings: list[tuple[Attempt, Rendering]]) -> None:
        memory = self._read_memory()
        if not limits.is_short(memory, self._memory_floor_pct):
            return
        if dropped := self._sessions.drop_idle():
            log.warning("Memory is short: idle Blenders were ended.", extra={"count": dropped})
            return  # the next look tells whether that was enough
        weighed = [(r.session.rss_bytes(), attempt, r) for attempt, r in renderings]
        if weighed:
            rss_bytes, attempt, rendering = max(weighed, key=lambda found: found[0])
            verdict = limits.machine_short(memory, self._memory_floor_pct, rss_bytes)
            _end(attempt, rendering, verdict)


def _end(attempt: Attempt, rendering: Rendering, verdict: Verdict | None) -> None:
    if attempt.end_render(rendering, verdict):
        reason = verdict.reason if verdict else "It held more memory than its shot may."
        log.warning("Blender was ended.", extra={"frame": rendering.frame, "reason": reason})
