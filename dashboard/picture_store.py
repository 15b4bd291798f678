"""How much room the kept pictures take: the oldest go when there are too many."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

TIDY_EVERY = 500
"""Pictures made between two looks at the folder."""
_KEPT_SHARE = 0.8


class PictureStore:
    """The folder of kept pictures, held below its size."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._made = 0
        self._counting = threading.Lock()

    def count_one(self) -> None:
        """Count a picture that was made; after many of them, tidy up in the background."""
        with self._counting:
            self._made += 1
            if self._made % TIDY_EVERY:
                return
        threading.Thread(target=self.tidy, name="tidy-pictures", daemon=True).start()

    def tidy(self) -> int:
        """Remove the pictures that were made longest ago, if all take too much; return how many."""
        found = sorted(_pictures(self.folder))
        total = sum(size for _, size, _ in found)
        removed = 0
        if total > self._most_bytes:
            for _, size, path in found:
                if total <= self._most_bytes * _KEPT_SHARE:
                    break
                with contextlib.suppress(OSError):
                    path.unlink()
                total, removed = total - size, removed + 1
            log.info("Kept pictures were tidied up.", extra={"removed": removed, "bytes": total})
        return removed


def _pictures(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Yield (time, bytes, path) of every picture."""
    for path in folder.rglob("*.jpg"):
        with contextlib.suppress(FileNotFoundError):
            found = path.stat()
            yield found.st_mtime, found.st_size, path
