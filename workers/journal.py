"""Report items on the node's disk: a line each, in files that go with the last line needed.

A file for each item would be simpler, but making one takes longer than everything else about an
item.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
from collections import Counter
from pathlib import Path

from brender_farm import wire
from brender_farm.errors import MessageRefused

log = logging.getLogger(__name__)

MAX_LINES = 500
MAX_DAMAGED = 20
"""How many files that cannot be read are kept for whoever wants to look at them."""


class Journal:
    """Keeps items until they are let go of. Not safe from several threads without a lock."""

    def __init__(self, folder: Path, *, node_name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._node_name = node_name
        self._needed: Counter[Path] = Counter()
        """How many lines of each file are needed still."""
        self._numbers = itertools.count(1)
        self._path: Path | None = None
        self._file = -1
        self._left = 0

    def keep(self, item: wire.ReportItem) -> Path | None:
        """Write an item; return which file has it, None when the disk does not take it."""
        line = wire.encode(wire.Report(node=self._node_name, items=[item])) + b"\n"
        try:
            path = self._open_file()
            written = os.write(self._file, line)
        except OSError as error:
            self._warn(str(error))
            return None
        if written < len(line):  # nothing may be written after half a line
            self._warn("It is full.")
            return None
        self._left -= 1
        self._needed[path] += 1
        return path

    def let_go(self, path: Path | None) -> None:
        """Forget one item of a file.

        If the file cannot be removed, its items are sent again after a start, which does no harm.
        """
        if path is None:
            return
        self._needed[path] -= 1
        if self._needed[path] > 0:
            return
        del self._needed[path]
        if path == self._path:
            self._close_file()
        _remove(path)

    def leftovers(self) -> list[tuple[Path | None, wire.ReportItem]]:
        """Return what an earlier start has left, oldest first, with the file that has it now."""
        found: list[tuple[Path | None, wire.ReportItem]] = []
        paths = sorted(self._folder.glob("*.json"))
        numbers = [int(path.stem) for path in paths if path.stem.isdecimal()]
        self._numbers = itertools.count(max(numbers, default=0) + 1)
        for path in paths:
            try:
                items, is_whole = _read(path)
            except OSError as error:
                log.warning(
                    "A report cannot be read.", extra={"path": str(path), "error": str(error)}
                )
                continue
            if is_whole and not items:
                _remove(path)  # made, and never written
            elif is_whole:
                self._needed[path] = len(items)
                found += [(path, item) for item in items]
            else:
                log.warning("A damaged report is set aside.", extra={"path": str(path)})
                found += [(self.keep(item), item) for item in items]
                self._set_aside(path)
        return found

    def _open_file(self) -> Path:
        if self._path is None or self._left <= 0:
            self._close_file()
            path = self._folder / f"{next(self._numbers):012}.json"
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            self._path, self._left = path, MAX_LINES
        return self._path

    def _close_file(self) -> None:
        if self._path is not None:
            with contextlib.suppress(OSError):
                os.close(self._file)
        self._path = None

    def _warn(self, error: str) -> None:
        path = self._path
        log.warning(
            "A report is kept in memory only: the node's disk does not take it.",
            extra={"path": str(path or self._folder), "error": error},
        )
        self._close_file()
        if path is not None and path not in self._needed:
            _remove(path)

    def _set_aside(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            path.rename(path.with_suffix(".damaged"))
            for old in sorted(self._folder.glob("*.damaged"))[:-MAX_DAMAGED]:
                old.unlink(missing_ok=True)


def _read(path: Path) -> tuple[list[wire.ReportItem], bool]:
    """Return the items of a file, and whether all of it could be read."""
    items: list[wire.ReportItem] = []
    is_whole = True
    for line in path.read_bytes().splitlines():
        try:
            items += wire.decode(wire.Report, line).items
        except MessageRefused:
            is_whole = False
    return items, is_whole


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
