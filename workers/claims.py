"""The chunks that this node is at work on: taken once, stoppable from any thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from brender_farm import wire
    from workers.attempt import Attempt
    from workers.blender.session import Session

_REMEMBERED = 10_000


class Claims:
    """Knows the attempts under way, and which chunks were ever taken by this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, Attempt] = {}
        self._taken: OrderedDict[int, None] = OrderedDict()
        self._stopping = False

    def take(self, chunk_id: int, attempt: Attempt) -> bool:
        """Begin a chunk; False when it was taken before (the message came twice)."""
        with self._lock:
            if chunk_id in self._taken or self._stopping:
                return False
            self._taken[chunk_id] = None
            while len(self._taken) > _REMEMBERED:
                self._taken.popitem(last=False)
            self._running[chunk_id] = attempt
            return True

    def release(self, chunk_id: int) -> None:
        with self._lock:
            self._running.pop(chunk_id, None)

    def running(self) -> dict[int, wire.ChunkClaim]:
        """Return what each attempt says of itself."""
        with self._lock:
            attempts = dict(self._running)
        return {chunk_id: attempt.claim() for chunk_id, attempt in attempts.items()}

    def stop(self, chunk_ids: Iterable[int]) -> None:
        """Kill these attempts: their chunks are no longer this node's."""
        with self._lock:
            found = [self._running[c] for c in chunk_ids if c in self._running]
        for attempt in found:
            attempt.stop()

    def sessions(self) -> list[tuple[Attempt, Session]]:
        """Return each attempt that has a Blender now, with it."""
        with self._lock:
            attempts = list(self._running.values())
        pairs = ((attempt, attempt.session) for attempt in attempts)
        return [(attempt, session) for attempt, session in pairs if session is not None]

    def wind_down(self) -> None:
        """Take nothing new; every attempt ends after its current frame."""
        with self._lock:
            self._stopping = True
            found = list(self._running.values())
        for attempt in found:
            attempt.wind_down()

    def return_all(self) -> None:
        """Kill what still renders; the farm gets those frames back without blame."""
        with self._lock:
            found = list(self._running.values())
        for attempt in found:
            attempt.give_back()

    @property
    def count(self) -> int:
        with self._lock:
            return len(self._running)
