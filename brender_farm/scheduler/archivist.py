"""Archives what was finished long ago, if the farm is set so, beside the scheduler's passes."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from brender_farm.service.archive import archive_the_old
from brender_farm.service.submit_keys import forget_old_keys

if TYPE_CHECKING:
    from flask import Flask

LOOK_INTERVAL_S = 60.0
"""Nobody waits for it: it is about days."""

log = logging.getLogger(__name__)


class Archivist(threading.Thread):
    """Looks once a minute for shots that are to be archived, until the process ends."""

    def __init__(self, core: Flask) -> None:
        super().__init__(name="archivist", daemon=True)
        self._core = core
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(LOOK_INTERVAL_S):
            try:
                self.look()
            except Exception:
                log.exception("Shots could not be archived; the next look tries again.")

    def stop(self) -> None:
        self._stopping.set()

    def look(self) -> int:
        """Archive what is old enough now; return how many shots."""
        with self._core.app_context():
            count = archive_the_old(datetime.now(UTC))
            forget_old_keys(datetime.now(UTC))
        if count:
            log.info("Shots that were finished long ago are archived.", extra={"shots": count})
        return count
