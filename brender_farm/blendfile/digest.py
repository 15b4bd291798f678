"""What a .blend is, to the byte: the digest that tells whether it has changed.

Size and times say it cheaply but not surely: a copy or a restored backup may carry other times
with the same bytes, or the same times with other bytes. Standard library only: the node uses it
too.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from brender_farm.errors import BlendBeingWritten, BlendFileError

if TYPE_CHECKING:
    from pathlib import Path

_TRIES = 4
_REMEMBERED = 256
_SETTLED_NS = 3_000_000_000
"""A file changed less long ago may change again within the same tick of its file system's clock
(up to 2 s), unnoticed: its digest is not remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """One file's bytes, and the figures that say cheaply whether they may have changed."""

    byte_count: int
    mtime_ns: int
    ctime_ns: int
    digest: str
    """BLAKE2b of all its bytes, 20 bytes long, hexadecimal."""


def digest_of(path: Path) -> FileState:
    """Read the whole file and return its state; a settled file is read once in this process.

    Raises BlendBeingWritten if it changes while it is read, several times over, and BlendFileError
    if it cannot be read.
    """
    try:
        for _ in range(_TRIES):
            state = _read_once(path)
            if state is not None:
                return state
    except (OSError, ValueError) as error:
        raise BlendFileError(
            f"{path} cannot be read ({error}). "
            "Check its path and permissions, and that this machine sees it."
        ) from error
    raise BlendBeingWritten(f"{path} is being written. Wait until it is saved, then try again.")


def _read_once(path: Path) -> FileState | None:
    """Return the file's state, None if it changed meanwhile."""
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would never let itself be opened
        raise BlendFileError(f"{path} is not an ordinary file. Choose a .blend file.")
    try:
        with path.open("rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            if known := _memory.recall(path, before):
                return known
            digest = hashlib.file_digest(file, _blake).hexdigest()
    except OSError as error:
        if error.errno == errno.ESTALE:  # replaced on the file server while it was read
            return None
        raise
    # By its name again: a program that saves by renaming leaves the opened file as it was.
    after = path.stat()
    if _figures(before) != _figures(after):
        return None
    state = FileState(
        byte_count=after.st_size,
        mtime_ns=after.st_mtime_ns,
        ctime_ns=after.st_ctime_ns,
        digest=digest,
    )
    _memory.keep(path, after, state)
    return state


def _blake() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=20)


def _figures(status: os.stat_result) -> tuple[int, ...]:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


class _Memory:
    """The last digests taken, so that a file of gigabytes is not read for each question."""

    def __init__(self) -> None:
        self._states: OrderedDict[tuple[object, ...], FileState] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, path: Path, status: os.stat_result) -> FileState | None:
        key = (path.absolute(), *_figures(status))
        with self._lock:
            state = self._states.get(key)
            if state is not None:
                self._states.move_to_end(key)
            return state

    def keep(self, path: Path, status: os.stat_result, state: FileState) -> None:
        if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) < _SETTLED_NS:
            return
        with self._lock:
            self._states[path.absolute(), *_figures(status)] = state
            while len(self._states) > _REMEMBERED:
                self._states.popitem(last=False)


_memory = _Memory()
