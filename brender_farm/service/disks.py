"""How much room there is under the roots: asked beside the pages, since storage may not answer."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 0.2

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskRoom:
    """A root that outputs go to, and the room on its disk."""

    root: str
    free_bytes: int
    total_bytes: int

    @property
    def used_share(self) -> float:
        return 1 - self.free_bytes / self.total_bytes if self.total_bytes else 0.0


class DiskWatch:
    """Looks at disks on a thread of its own; one that hangs holds up nothing but itself."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = roots
        self._lock = threading.Lock()
        self._is_looking = False
        self._done = threading.Event()
        self._known: tuple[DiskRoom, ...] = ()

    def rooms(self) -> tuple[DiskRoom, ...]:
        """Return the room under each root, each disk once; what was known last if it takes long."""
        with self._lock:
            if not self._is_looking:
                self._is_looking = True
                self._done.clear()
                threading.Thread(target=self._run, name="disks", daemon=True).start()
        if not self._done.wait(PATIENCE_S):
            log.info("The disks under the roots do not answer.")
        return self._known

    def _run(self) -> None:
        try:
            self._known = disk_rooms(self._roots)
        finally:
            self._is_looking = False
            self._done.set()


def disk_rooms(roots: Sequence[Path]) -> tuple[DiskRoom, ...]:
    """Return the room under each root that is there, each disk once. A disk may hang."""
    seen: dict[tuple[int, int], DiskRoom] = {}
    for root in roots:
        try:
            room, device = shutil.disk_usage(root), root.stat().st_dev
        except OSError:
            continue  # not mounted here
        found = DiskRoom(root=str(root), free_bytes=room.free, total_bytes=room.total)
        seen.setdefault((device, room.total), found)
    return tuple(seen.values())
