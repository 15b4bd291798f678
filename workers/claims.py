"""The chunks that this node is at work on: taken once, stoppable from any thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from brender_farm import wire
    from workers.attempt import Attempt
    from workers.rendering import Rendering

_REMEMBERED = 10_000
STOPPING = "The node is stopping."
FINISHED_EARLY = "The farm had it end after its frame."


class Claims:
    """Knows the attempts under way, and which chunks were ever taken by this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, Attempt] = {}
        self._taken: OrderedDict[int, None] = OrderedDict()
        self._stopping = False

    def take(self, chunk_id: int, attempt: Attempt) -> bool:
        """Begin a chunk; False when it was taken before (the message came twice).

        While the node stops, what still comes is taken to be given back at once.
        """
        with self._lock:
            if chunk_id in self._taken:
                return False
            if self._stopping:
                attempt.wind_down(STOPPING)
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

    def ids(self) -> frozenset[int]:
        """Return the chunks that are under way."""
        with self._lock:
            return frozenset(self._running)

    def stop(self, chunk_ids: Iterable[int]) -> None:
        """Kill these attempts: their chunks are no longer this node's."""
        for attempt in self._among(chunk_ids):
            attempt.stop()

    def finish(self, chunk_ids: Iterable[int]) -> None:
        """Let these attempts end after their current frame."""
        for attempt in self._among(chunk_ids):
            attempt.wind_down(FINISHED_EARLY)

    def find(self, chunk_id: int) -> Attempt | None:
        """Return the attempt at this chunk, if it is under way."""
        with self._lock:
            return self._running.get(chunk_id)

    def renderings(self) -> list[tuple[Attempt, Rendering]]:
        """Return each attempt that has a Blender now, with what that is at."""
        pairs = ((attempt, attempt.rendering) for attempt in self._all())
        return [(attempt, rendering) for attempt, rendering in pairs if rendering is not None]

    def _among(self, chunk_ids: Iterable[int]) -> list[Attempt]:
        with self._lock:
            return [self._running[c] for c in chunk_ids if c in self._running]

    def wind_down(self) -> None:
        """Take nothing new; every attempt ends after its current frame."""
        with self._lock:
            self._stopping = True
        for attempt in self._all():
            attempt.wind_down(STOPPING)

    def return_all(self) -> None:
        """Kill what still renders; the farm gets those frames back without blame."""
        for attempt in self._all():
            attempt.give_back(STOPPING)

    def abandon_all(self) -> None:
        """Give back what is stuck beyond killing, as on a storage that has stopped to answer."""
        for attempt in self._all():
            attempt.abandon()

    def _all(self) -> list[Attempt]:
        with self._lock:
            return list(self._running.values())

    @property
    def count(self) -> int:
        with self._lock:
            return len(self._running)
