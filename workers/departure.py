"""The node's way out: a first signal begins it, a second one hurries it.

Signals interrupt the main thread anywhere, also where it holds a lock. So the handler only writes
a byte into a pipe, and a thread that has waited for it does the rest.
"""

from __future__ import annotations

import logging
import os
import select
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

EXIT_S = 1.0
"""How long the process may take to end by itself once the node has ended."""


class Departure:
    """Calls `leave` once when told to go; `leave` can ask whether it was told again since."""

    def __init__(self, leave: Callable[[Callable[[], bool]], None]) -> None:
        self._leave = leave
        self._told, self._tell = os.pipe()
        self._has_begun = False
        self._worker_ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="departure", daemon=True)
        self._thread.start()

    def tell(self) -> None:
        """Begin, or hurry; safe in a signal handler."""
        os.write(self._tell, b".")

    def finish(self) -> bool:
        """Leave, unless that is under way, and wait until it is done; for the main thread's end.

        Returns whether the node had been told to go.
        """
        was_told = self._has_begun or self._was_told_again()
        self._worker_ended.set()
        if not was_told:
            self.tell()
        self._thread.join()
        _end_if_stuck()
        return was_told

    def _run(self) -> None:
        os.read(self._told, 1)
        self._has_begun = True
        try:
            self._leave(self._was_told_again)
        except Exception:
            log.exception("The node could not end in order.")
        if not self._worker_ended.wait(EXIT_S):
            _end_now()

    def _was_told_again(self) -> bool:
        readable, _, _ = select.select([self._told], [], [], 0)
        return bool(readable)


def _end_if_stuck() -> None:
    """End the process if a thread would keep it, as one that waits for a dead storage."""
    end = time.monotonic() + EXIT_S
    for thread in threading.enumerate():
        if thread is threading.current_thread() or thread.daemon:
            continue
        thread.join(max(0.0, end - time.monotonic()))
        if thread.is_alive():
            _end_now()


def _end_now() -> None:
    log.warning("A thread is stuck; the node ends without it.")
    logging.shutdown()
    os._exit(0)
