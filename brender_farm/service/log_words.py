"""What chunks' logs say last: read beside whoever asks, since their storage may not answer."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from brender_farm.beneath import open_below
from brender_farm.domain.error_lines import error_lines, without_stamp
from brender_farm.domain.explain import Explanation, explain

PATIENCE_S = 0.3
_TAIL_BYTES = 64 * 1024
_ERRORS_SHOWN = 3
_LINE_LENGTH = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWords:
    """The end of a chunk's log; all empty where it cannot be read, or says nothing."""

    last_line: str = ""
    errors: tuple[str, ...] = ()
    """The last lines that tell of trouble, oldest first."""
    explanation: Explanation | None = None
    """What the newest of them that is known means."""


NO_WORDS = LogWords()


class LogPeek:
    """Reads logs on a thread of its own; a storage that hangs holds up nothing but that."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_reading = False
        self._done = threading.Event()
        self._known: dict[int, LogWords] = {}

    def words(self, logs: Mapping[int, Path]) -> dict[int, LogWords]:
        """Return what these chunks' logs say last; what was known of them if it takes long."""
        if logs:
            self._read(logs)
        return {chunk_id: self._known.get(chunk_id, NO_WORDS) for chunk_id in logs}

    def _read(self, logs: Mapping[int, Path]) -> None:
        with self._lock:
            if not self._is_reading:
                self._is_reading = True
                self._done.clear()
                threading.Thread(target=self._run, args=(logs,), name="logs", daemon=True).start()
        if not self._done.wait(PATIENCE_S):
            log.info("The storage of the chunks' logs does not answer.")

    def _run(self, logs: Mapping[int, Path]) -> None:
        try:
            self._known = {chunk_id: read_words(path) for chunk_id, path in logs.items()}
        finally:
            self._is_reading = False
            self._done.set()


PEEK = LogPeek()
"""This process's own."""


def read_words(path: Path) -> LogWords:
    """Return what the last 64 KiB of a chunk's log say; a link in its way is not followed."""
    folder = path.parents[2]
    try:
        with open_below(folder.resolve(), path.relative_to(folder).as_posix()) as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            text = file.read(_TAIL_BYTES).decode("utf-8", "replace")
    except OSError:
        return NO_WORDS
    lines = [line[:_LINE_LENGTH] for line in text.splitlines() if line.strip()]
    errors = error_lines(lines, _ERRORS_SHOWN)
    return LogWords(
        last_line=without_stamp(lines[-1]) if lines else "",
        errors=tuple(errors),
        explanation=explain("", "\n".join(errors)) if errors else None,
    )
