"""Blender's own output: what a line tells, and the log that keeps the lines."""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from typing import TYPE_CHECKING

from brender_farm.beneath import create_below

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

REWRITE_EVERY_S = 1.0
TAIL_LINE_COUNT = 200

_SAMPLES = (
    re.compile(r"\| Sample (\d{1,12})/(\d{1,12})\b"),  # Cycles
    re.compile(r"\| Rendering (\d{1,12}) / (\d{1,12}) samples"),  # EEVEE
)
_PEAK = re.compile(r"Mem:[\d.]+[KMGT] \(Peak (\d{1,9}(?:\.\d{1,9})?)([KMGT])\)")
_CYCLES_PEAK = re.compile(r"\| Mem:[\d.]+[KMGT], Peak:(\d{1,9}(?:\.\d{1,9})?)([KMGT])")
_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a frame is."""

    sample: int
    sample_count: int


def read_progress(line: str) -> Progress | None:
    """Return the progress that a line of Blender's output reports, if it does."""
    if not line.startswith("Fra:"):
        return None
    for pattern in _SAMPLES:
        if found := pattern.search(line):
            return Progress(sample=int(found[1]), sample_count=int(found[2]))
    return None


def read_peak_bytes(line: str) -> int | None:
    """Return the peak memory that a line reports: of Blender plus, for Cycles, of the device."""
    found = _PEAK.search(line)
    if found is None:
        return None
    device = _CYCLES_PEAK.search(line)
    return _bytes(found) + (_bytes(device) if device else 0)


def _bytes(found: re.Match[str]) -> int:
    return int(float(found[1]) * _UNITS[found[2]])


class ChunkLog:
    """A log file of bounded size: its first half stays, its second half holds the latest lines.

    Each line gets the time (UTC) in front. What is in the file can be read at any time; once over
    the limit, the second half is brought up to date at most once a second and on close. A file that
    cannot be written stays as it is: then the last lines are in memory only.
    """

    def __init__(self, path: Path, limit_bytes: int) -> None:
        self._half = limit_bytes // 2
        self._file = _open(path)
        self._closed = False
        self._writing = threading.Lock()
        self._head_bytes = 0
        self._recent: deque[bytes] = deque()
        self._recent_bytes = 0
        self._left_out_count = 0
        self._rewritten_at = 0.0
        self._last: deque[str] = deque(maxlen=TAIL_LINE_COUNT)

    def add(self, line: str) -> None:
        """Keep one line; safe from any thread, also after close, when it does nothing."""
        stamp = datetime.now(UTC).strftime("%H:%M:%S.%f")[:-3]
        data = f"{stamp} {line}\n".encode("utf-8", "replace")[-self._half :]
        with self._writing:
            if self._closed:
                return
            self._last.append(line)
            if self._file is not None:
                self._store(self._file, data)

    def tail(self, line_count: int) -> list[str]:
        """Return the last lines, at most 200, without their times."""
        with self._writing:
            return list(self._last)[-line_count:]

    def close(self) -> None:
        """Bring the file up to date and close it."""
        with self._writing:
            self._closed = True
            if self._file is not None:
                with contextlib.suppress(OSError):
                    self._rewrite(self._file)
                self._give_up()

    def _store(self, file: FileIO, data: bytes) -> None:
        try:
            if not self._recent and self._head_bytes + len(data) <= self._half:
                self._head_bytes += file.write(data)
            else:
                self._keep_recent(file, data)
        except OSError as error:
            log.warning("A chunk's log cannot be written.", extra={"error": str(error)})
            self._give_up()

    def _give_up(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()

    def _keep_recent(self, file: FileIO, data: bytes) -> None:
        self._recent.append(data)
        self._recent_bytes += len(data)
        while self._recent_bytes > self._half:
            self._recent_bytes -= len(self._recent.popleft())
            self._left_out_count += 1
        if time.monotonic() - self._rewritten_at >= REWRITE_EVERY_S:
            self._rewrite(file)

    def _rewrite(self, file: FileIO) -> None:
        if not self._recent:
            return
        gap = f"… {self._left_out_count:,} lines left out …\n".encode()
        file.seek(self._head_bytes)
        file.write((gap if self._left_out_count else b"") + b"".join(self._recent))
        file.truncate()
        self._rewritten_at = time.monotonic()


def _open(path: Path) -> FileIO | None:
    """Begin a file, in a folder that is made if it is missing; none of it may be a link."""
    try:
        return FileIO(create_below(path.parents[1], path.parent.name, path.name), "wb")
    except OSError as error:
        log.warning("A chunk's log cannot be written.", extra={"error": str(error)})
        return None
