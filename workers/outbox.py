"""Reports on their way to the farm: kept on the node's disk until the farm has recorded them.

A disk that takes nothing costs safety, not reports: then they are kept in memory alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from brender_farm import wire
from workers.journal import Journal
from workers.receipts import LOOK_EVERY_S, Entry, Farm, Receipts

log = logging.getLogger(__name__)

COALESCE_S = 0.25
"""How long a frame's report waits for company; the end of a chunk does not wait."""
RETRY_S = 1.0
MAX_ITEMS = 500
MAX_BYTES = 1024 * 1024
"""Of the items of one report, but for one that is longer alone: a long message is refused."""


class Outbox:
    """Accepts report items from any thread and delivers them in order.

    `deliver` sends one report and raises when the broker did not take it; then it is tried again
    until it does. `farm` tells what became of them: what it has not recorded is sent once more.
    Items that an earlier start of the node left on the disk go first.
    """

    def __init__(
        self,
        folder: Path,
        *,
        node_name: str,
        deliver: Callable[[wire.Report], None],
        farm: Farm,
        pace_s: float = 0.0,
    ) -> None:
        """Let at least `pace_s` pass between two reports.

        Ends of chunks that come closer travel together, which is less work for the farm than each
        alone; one that comes alone does not wait.
        """
        self._journal = Journal(folder, node_name=node_name)
        self._node_name = node_name
        self._deliver = deliver
        self._farm = farm
        self._pace_s = pace_s
        self._receipts = Receipts()
        self._told: Counter[int] = Counter()
        self._changed = threading.Condition()
        self._entries = [Entry(path, item) for path, item in self._journal.leftovers()]
        self._urgent = bool(self._entries)
        self._sent_at = 0.0
        self._closing = False
        self._is_refused = False
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def post(self, item: wire.ReportItem) -> None:
        """Keep an item and send it soon; at once when it ends a chunk."""
        with self._changed:
            item = self._counted(item)
            self._entries.append(Entry(self._journal.keep(item), item))
            self._urgent |= isinstance(item, wire.ChunkEnded)
            self._changed.notify_all()

    def _counted(self, item: wire.ReportItem) -> wire.ReportItem:
        """Have the end of a chunk say how many of its frames were reported before."""
        if isinstance(item, wire.ChunkEnded):
            return msgspec.structs.replace(item, reported_count=self._told.pop(item.chunk_id, 0))
        self._told[item.chunk_id] += isinstance(item, wire.FrameDone | wire.FrameFailed)
        return item

    def untold_chunks(self) -> frozenset[int]:
        """Return the chunks that the farm has not been told, or not heard, everything about."""
        with self._changed:
            waiting = frozenset(entry.item.chunk_id for entry in self._entries)
            return waiting | self._receipts.to_claim()

    def close(self, limit_s: float) -> bool:
        """Send what is left, for `limit_s` at most; tell whether all of it went out."""
        with self._changed:
            self._closing = self._urgent = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._entries, timeout=limit_s)

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            if batch:
                self._send(batch)
            self._look_after()

    def _send(self, batch: Sequence[Entry]) -> None:
        items = [_aged(entry) for entry in batch]
        try:
            self._deliver(wire.Report(node=self._node_name, items=items))
        except Exception as error:  # noqa: BLE001 - whatever it was, the report stays and is tried again
            if not self._is_refused:
                log.warning("The broker did not take a report.", extra={"error": str(error)})
            self._is_refused = True
            time.sleep(RETRY_S)
            return
        if self._is_refused:
            log.info("The broker takes reports again.")
        self._is_refused = False
        with self._changed:
            del self._entries[: len(batch)]
            self._receipts.add(batch)
            self._urgent = self._closing or any(
                isinstance(entry.item, wire.ChunkEnded) for entry in self._entries
            )
            self._changed.notify_all()

    def _look_after(self) -> None:
        """Let go of what the farm has recorded, and send again what it has not heard."""
        with self._changed:
            if not self._receipts.is_time_to_look():
                return
            chunks = self._receipts.chunks()
        try:
            live = self._farm.live_among(chunks)
            is_idle = self._farm.reports_waiting() == 0
        except Exception as error:  # noqa: BLE001 - the broker is away: nothing is known
            log.info("The broker does not answer.", extra={"error": str(error)})
            return
        if live is None:
            return
        with self._changed:
            settled = self._receipts.settle(chunks - live)
            again = self._receipts.overdue() if is_idle else []
            self._entries[:0] = again
            self._urgent |= bool(again)
            for entry in settled:
                self._journal.let_go(entry.path)
        if again:
            log.warning("Reports were not recorded; they go out again.", extra={"n": len(again)})

    def _next_batch(self) -> Sequence[Entry]:
        """Wait for something to send, but not longer than until the next look."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._entries, timeout=self._patience_s()):
                return ()
            self._changed.wait_for(lambda: self._urgent, timeout=COALESCE_S)
        time.sleep(max(0.0, self._sent_at + self._pace_s - time.monotonic()))
        with self._changed:
            self._sent_at = time.monotonic()
            return _fitting(self._entries[:MAX_ITEMS])

    def _patience_s(self) -> float | None:
        return LOOK_EVERY_S if self._receipts.chunks() else None


def _fitting(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return the first of these that fit into one report; one at least."""
    total = 0
    for count, entry in enumerate(entries):
        total += len(wire.encode(entry.item))
        if count and total > MAX_BYTES:
            return entries[:count]
    return entries


def _aged(entry: Entry) -> wire.ReportItem:
    """Have a chunk's beginning say how long it waited for company."""
    if not isinstance(entry.item, wire.ChunkStarted):
        return entry.item
    return msgspec.structs.replace(entry.item, age_s=time.monotonic() - entry.posted_s)
