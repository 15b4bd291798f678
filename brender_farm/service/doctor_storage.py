"""The farm's folders, looked at from here, each with a marker in it while nodes are asked.

A storage that hangs blocks whoever asks it: each folder is looked at on a thread of its own, which
is left behind then, and takes its marker away itself should it ever wake.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from brender_farm.domain.diagnosis_storage import FolderFacts
from brender_farm.domain.markers import MAX_BYTES, is_marker, marker_name, new_token
from brender_farm.domain.paths import is_inside

LIMIT_S = 10.0
REMOVAL_LIMIT_S = 5.0
_LEFT_BEHIND_S = 3600.0
"""A marker that is older is of a check that was cut off: it is removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder to look at."""

    path: str
    show: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedFolder:
    """What was found of a folder, and the marker that was put into it."""

    folder: Folder
    facts: FolderFacts
    token: str
    """Names the marker."""
    holds: str
    """What is written in it; empty: none could be put there."""


@contextlib.contextmanager
def marked(
    folders: Sequence[Folder], own_roots: tuple[Path, ...], *, limit_s: float = LIMIT_S
) -> Iterator[list[MarkedFolder]]:
    """Look at all folders at once, and keep a marker in each while the block runs."""
    looks = [_Look(folder, own_roots) for folder in folders]
    try:
        for look in looks:
            look.start()
        end_s = time.monotonic() + limit_s
        yield [look.result(end_s - time.monotonic()) for look in looks]
    finally:
        removals = [threading.Thread(target=look.give_up, daemon=True) for look in looks]
        for removal in removals:
            removal.start()
        end_s = time.monotonic() + REMOVAL_LIMIT_S
        for removal in removals:
            removal.join(max(0.0, end_s - time.monotonic()))


class _Look(threading.Thread):
    def __init__(self, folder: Folder, own_roots: tuple[Path, ...]) -> None:
        super().__init__(name="folder-look", daemon=True)
        self._folder = folder
        self._own_roots = own_roots
        self._token = new_token()
        self._holds = ""
        self._facts: FolderFacts | None = None
        self._marking = threading.Lock()
        self._given_up = False

    def run(self) -> None:
        facts = look_at(self._folder, self._own_roots)
        if facts.is_there:
            _sweep(Path(facts.path))
            trouble = self._mark()
            if trouble is not None:
                facts = _unwritable(facts, trouble)
        self._facts = facts

    def result(self, patience_s: float) -> MarkedFolder:
        self.join(max(0.0, patience_s))
        hung = FolderFacts(path=self._folder.path, show=self._folder.show, is_hung=True)
        facts = self._facts or hung
        return MarkedFolder(folder=self._folder, facts=facts, token=self._token, holds=self._holds)

    def give_up(self) -> None:
        """Take the marker away; none is made any more."""
        self._given_up = True
        with self._marking, contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path:
        return Path(self._folder.path) / marker_name(self._token)

    def _mark(self) -> OSError | None:
        holds = new_token()
        with self._marking:
            if self._given_up:
                return None
            try:
                _write(self._path, holds)
            except OSError as error:
                return error
        self._holds = holds
        return None


def look_at(folder: Folder, own_roots: tuple[Path, ...]) -> FolderFacts:
    """Return what is seen of a folder from here; nothing is written."""
    path = Path(folder.path)
    try:
        if not path.is_dir():
            return FolderFacts(path=folder.path, show=folder.show, is_there=False)
        resolved = path.resolve()
        room = shutil.disk_usage(path)
    except OSError as error:
        why = error.strerror or str(error)
        return FolderFacts(path=folder.path, show=folder.show, read_trouble=why)
    return FolderFacts(
        path=folder.path,
        show=folder.show,
        leads_to=str(resolved) if resolved != path else "",
        is_inside=is_inside(resolved, own_roots),
        read_trouble=_try_to_read(path),
        free_bytes=room.free,
        total_bytes=room.total,
    )


def _try_to_read(path: Path) -> str:
    try:
        with os.scandir(path) as entries:
            next(entries, None)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _unwritable(facts: FolderFacts, error: OSError) -> FolderFacts:
    return replace(
        facts,
        write_trouble=error.strerror or str(error),
        is_read_only=error.errno == errno.EROFS,
    )


def _write(path: Path, text: str) -> None:
    """Make a marker that nodes of other accounts can read, too. Raises OSError."""
    try:
        with path.open("x") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        path.chmod(0o644)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def _sweep(folder: Path) -> None:
    """Remove what checks that were cut off have left."""
    old_s = time.time() - _LEFT_BEHIND_S
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not is_marker(entry.name) or not entry.is_file(follow_symlinks=False):
                continue
            seen = entry.stat(follow_symlinks=False)
            if seen.st_size <= MAX_BYTES and seen.st_mtime < old_s:
                with contextlib.suppress(OSError):
                    Path(entry.path).unlink()
