"""The folders this node writes to: proven by writing when in doubt, remembered while unwell.

A frame that cannot be written is no fault of the frame. The farm is told which folders this node
cannot write to and gives it nothing for them, until a probe has succeeded.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import secrets
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from brender_farm import wire
from brender_farm.beneath import opened_folder
from brender_farm.domain.places import WORK_FOLDER

log = logging.getLogger(__name__)

MIN_FREE_BYTES = 1_000_000
PROBE_EVERY_S = 3.0
_WRITTEN_AT_MOST = 4_000_000
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class _Unwell:
    output_dir: Path
    need_bytes: int
    reason: str


class Storage:
    """Knows the folders that cannot be written to now, and looks after them until they can."""

    def __init__(self, *, every_s: float = PROBE_EVERY_S) -> None:
        self._every_s = every_s
        self._lock = threading.Lock()
        self._unwell: dict[str, _Unwell] = {}
        self._stopping = threading.Event()

    def start(self, on_change: Callable[[], None]) -> None:
        """Begin to look after unwell folders; `on_change` is called when one is well again."""
        threading.Thread(target=self._run, args=(on_change,), name="storage", daemon=True).start()

    def examine(self, folder: str, output_dir: Path, need_bytes: int = 0) -> str:
        """Return why nothing can be written to an output folder; an empty text: it can.

        `folder` is its name on the farm, `output_dir` the same folder here.
        """
        with self._lock:
            before = self._unwell.get(folder)
        need_bytes = max(MIN_FREE_BYTES, need_bytes, before.need_bytes if before else 0)
        reason = probe(output_dir, need_bytes)
        with self._lock:
            if reason:
                self._unwell[folder] = _Unwell(output_dir, need_bytes, reason)
            else:
                self._unwell.pop(folder, None)
        if reason and before is None:
            log.warning("A folder cannot be written to.", extra={"reason": reason})
        return reason

    def distrust(self, folder: str, output_dir: Path, error: OSError) -> str:
        """Take a folder for unwell until a probe succeeds, and return why."""
        reason = self.examine(folder, output_dir) or explain(output_dir, error)
        with self._lock:
            self._unwell.setdefault(folder, _Unwell(output_dir, MIN_FREE_BYTES, reason))
        return reason

    def trouble(self, folder: str) -> str:
        """Return why this folder could not be written to when it was last tried, if so."""
        with self._lock:
            found = self._unwell.get(folder)
        return found.reason if found else ""

    def unwell(self) -> list[wire.UnwellFolder]:
        """Return what the heartbeat says of folders that cannot be written to."""
        with self._lock:
            found = dict(self._unwell)
        return [wire.UnwellFolder(folder=name, reason=one.reason) for name, one in found.items()]

    def look_again(self) -> bool:
        """Probe every unwell folder once more; tell whether one is well again."""
        with self._lock:
            before = dict(self._unwell)
        well = [name for name, one in before.items() if not self.examine(name, one.output_dir)]
        for name in well:
            log.info("A folder can be written to again.", extra={"folder": name})
        return bool(well)

    def stop(self) -> None:
        self._stopping.set()

    def _run(self, on_change: Callable[[], None]) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                if self.look_again():
                    on_change()
            except Exception:
                log.exception("A look at the storage failed; the next one tries again.")


def probe(output_dir: Path, need_bytes: int = MIN_FREE_BYTES) -> str:
    """Write a small file into an output folder; return what stands in the way, or nothing."""
    try:
        with opened_folder(output_dir, WORK_FOLDER, make=True) as work:
            free_bytes = shutil.disk_usage(work).free
            if free_bytes < need_bytes:
                return (
                    f"{output_dir} is full: {_size(free_bytes)} are free and {_size(need_bytes)} "
                    "are needed. Make room on that disk."
                )
            _write_and_sync(work, min(need_bytes, _WRITTEN_AT_MOST))
    except OSError as error:
        return explain(output_dir, error)
    return ""


def _write_and_sync(folder: int, byte_count: int) -> None:
    name = f"probe-{secrets.token_hex(6)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with FileIO(os.open(name, flags, 0o666, dir_fd=folder), "wb") as file:
            left = memoryview(bytes(byte_count))
            while left:
                left = left[file.write(left) or 0 :]
            os.fsync(file.fileno())
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)


def explain(output_dir: Path, error: OSError) -> str:
    """Say what an error means for an output folder, and what to do."""
    what = error.strerror or str(error)
    if error.errno == errno.ENOENT:
        return (
            f"{output_dir} is not there on this node. Check that the storage is mounted here; "
            "if the folder was removed, make it again."
        )
    return f"{output_dir} cannot be written to: {what} ({_free(output_dir)}). Check that disk."


def _free(folder: Path) -> str:
    try:
        return f"{_size(shutil.disk_usage(folder).free)} are free"
    except OSError:
        return "its free space is not known"


def _size(byte_count: int) -> str:
    return f"{byte_count / _MEGABYTE:,.1f} MB"
