"""Sweeping an output folder once more, when a race in it is over.

Whoever takes over the frames of a lost chunk removes its drafts; nobody takes over those of a chunk
that lost a race. If its node is still there it sweeps them itself. So the winner looks again when
the farm has recorded its chunk, and thereby ended the other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from redis import RedisError

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25


class Tidying:
    """Sweeps later, on a thread of its own that ends when nothing is left to do."""

    def __init__(
        self,
        *,
        sweep: Callable[[Path, int], None],
        is_live: Callable[[int], bool | None],
        closing: threading.Event,
    ) -> None:
        """`is_live` tells whether a chunk is live, None while nobody knows."""
        self._sweep = sweep
        self._is_live = is_live
        self._closing = closing
        self._lock = threading.Lock()
        self._waiting: dict[int, Path] = {}
        self._runs = False

    def later(self, output_dir: Path, chunk_id: int) -> None:
        """Sweep this folder when the chunk is live no more."""
        with self._lock:
            self._waiting[chunk_id] = output_dir
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, name="tidying", daemon=True).start()

    def _run(self) -> None:
        while not self._closing.wait(LOOK_EVERY_S):
            with self._lock:
                waiting = dict(self._waiting)
            over = [chunk_id for chunk_id in waiting if self._is_over(chunk_id)]
            for chunk_id in over:
                self._sweep(waiting[chunk_id], chunk_id)
            with self._lock:
                for chunk_id in over:
                    del self._waiting[chunk_id]
                self._runs = bool(self._waiting)
                if not self._runs:
                    return

    def _is_over(self, chunk_id: int) -> bool:
        try:
            return self._is_live(chunk_id) is False
        except (RedisError, OSError):
            return False
