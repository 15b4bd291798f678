"""Reports on their way to the farm: kept on the node's disk until the broker has them.

A disk that takes nothing costs safety, not reports: then they are kept in memory alone.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from brender_farm import wire
from brender_farm.errors import MessageRefused

log = logging.getLogger(__name__)

COALESCE_S = 0.25
"""How long a frame's report waits for company; the end of a chunk does not wait."""
RETRY_S = 1.0
MAX_ITEMS = 500
MAX_DAMAGED = 20
"""How many reports that cannot be read are kept for whoever wants to look at them."""


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path | None
    """None: it could not be written and would not outlive this process."""
    item: wire.ReportItem


class Outbox:
    """Accepts report items from any thread and delivers them in order.

    `deliver` sends one report and raises when the broker did not take it; then it is tried again
    until it does. Items that an earlier start of the node left on the disk go first.
    """

    def __init__(
        self, folder: Path, *, node_name: str, deliver: Callable[[wire.Report], None]
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._node_name = node_name
        self._deliver = deliver
        self._changed = threading.Condition()
        self._entries: list[_Entry] = []
        self._urgent = False
        self._closing = False
        self._numbers = itertools.count(self._load_leftovers() + 1)
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def post(self, item: wire.ReportItem) -> None:
        """Keep an item and send it soon; at once when it ends a chunk."""
        with self._changed:
            path = self._folder / f"{next(self._numbers):012}.json"
            self._entries.append(_Entry(self._keep(path, item), item))
            self._urgent |= isinstance(item, wire.ChunkEnded)
            self._changed.notify_all()

    def _keep(self, path: Path, item: wire.ReportItem) -> Path | None:
        try:
            path.write_bytes(wire.encode(wire.Report(node=self._node_name, items=[item])))
        except OSError as error:
            log.warning(
                "A report is kept in memory only: the node's disk does not take it.",
                extra={"path": str(path), "error": str(error)},
            )
            _forget(path)
            return None
        return path

    def undelivered_chunks(self) -> frozenset[int]:
        """Return the chunks that the farm has not been told everything about."""
        with self._changed:
            return frozenset(entry.item.chunk_id for entry in self._entries)

    def close(self, limit_s: float) -> bool:
        """Send what is left, for `limit_s` at most; tell whether all of it went out."""
        with self._changed:
            self._closing = self._urgent = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._entries, timeout=limit_s)

    def _load_leftovers(self) -> int:
        """Take over what an earlier start could not deliver; return the highest number."""
        highest = 0
        for path in sorted(self._folder.glob("*.json")):
            highest = int(path.stem) if path.stem.isdecimal() else highest
            try:
                report = wire.decode(wire.Report, path.read_bytes())
            except MessageRefused:
                log.warning("A damaged report is set aside.", extra={"path": str(path)})
                self._set_aside(path)
                continue
            except OSError as error:
                log.warning(
                    "A report cannot be read.", extra={"path": str(path), "error": str(error)}
                )
                continue
            self._entries += [_Entry(path, item) for item in report.items]
            self._urgent = True
        return highest

    def _set_aside(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            path.rename(path.with_suffix(".damaged"))
            for old in sorted(self._folder.glob("*.damaged"))[:-MAX_DAMAGED]:
                old.unlink(missing_ok=True)

    def _run(self) -> None:
        is_refused = False
        while True:
            batch = self._next_batch()
            try:
                items = [entry.item for entry in batch]
                self._deliver(wire.Report(node=self._node_name, items=items))
            except Exception as error:  # noqa: BLE001 - whatever it was, the report stays and is tried again
                if not is_refused:
                    log.warning("The broker did not take a report.", extra={"error": str(error)})
                is_refused = True
                time.sleep(RETRY_S)
                continue
            if is_refused:
                log.info("The broker takes reports again.")
                is_refused = False
            for entry in batch:
                _forget(entry.path)
            with self._changed:
                del self._entries[: len(batch)]
                self._urgent = self._closing or any(
                    isinstance(entry.item, wire.ChunkEnded) for entry in self._entries
                )
                self._changed.notify_all()

    def _next_batch(self) -> Sequence[_Entry]:
        with self._changed:
            self._changed.wait_for(lambda: self._entries)
            self._changed.wait_for(lambda: self._urgent, timeout=COALESCE_S)
            return self._entries[:MAX_ITEMS]


def _forget(path: Path | None) -> None:
    """Remove a file; if that fails, its report is sent again after a start, which does no harm."""
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
