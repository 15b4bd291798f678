"""Reports that the broker has taken, kept until the farm has certainly recorded them.

A scheduler that is killed takes with it what it had just taken out of its queue, and a broker
that loses its memory loses the queue; neither tells anybody. So all reports of a chunk stay until
the chunk is no longer live: that is the farm's word that its end is recorded. A chunk that is still
live some seconds after its end was delivered, with nothing waiting in the farm's queue, was not
heard.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

from brender_farm import wire

LOOK_EVERY_S = 0.5
OVERDUE_S = 3.0
CLAIM_AFTER_S = 1.0
"""An end that is recorded at once, as most are, need not be claimed in a heartbeat."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a report, and where it is kept."""

    path: Path | None
    """None: it could not be written and would not outlive this process."""
    item: wire.ReportItem
    posted_s: float = field(default_factory=time.monotonic, compare=False)


class Farm(Protocol):
    """What is asked of the board."""

    def live_among(self, chunk_ids: frozenset[int]) -> frozenset[int] | None:
        """Return which of these chunks are live; None: not known."""

    def reports_waiting(self) -> int:
        """Return how many reports the scheduler has not taken yet."""


@dataclass(slots=True)
class Receipts:
    """What was delivered and is not settled. Not safe from several threads without a lock."""

    clock: Callable[[], float] = time.monotonic
    _kept: dict[int, list[Entry]] = field(default_factory=dict)
    _ended_at: dict[int, float] = field(default_factory=dict)
    _looked_at: float = 0.0

    def add(self, entries: Sequence[Entry]) -> None:
        """Keep what was delivered just now."""
        for entry in entries:
            chunk_id = entry.item.chunk_id
            self._kept.setdefault(chunk_id, []).append(entry)
            if isinstance(entry.item, wire.ChunkEnded):
                self._ended_at[chunk_id] = self.clock()

    def chunks(self) -> frozenset[int]:
        return frozenset(self._kept)

    def to_claim(self) -> frozenset[int]:
        """Return the chunks whose end was delivered and should have been recorded by now."""
        before = self.clock() - CLAIM_AFTER_S
        return frozenset(c for c, ended_at in self._ended_at.items() if ended_at < before)

    def is_time_to_look(self) -> bool:
        """Tell whether to ask the farm again; once asked, not before LOOK_EVERY_S."""
        now_s = self.clock()
        if not self._kept or now_s - self._looked_at < LOOK_EVERY_S:
            return False
        self._looked_at = now_s
        return True

    def settle(self, chunk_ids: frozenset[int]) -> list[Entry]:
        """Let go of these chunks; return what was kept of them."""
        settled: list[Entry] = []
        for chunk_id in chunk_ids & self._kept.keys():
            settled += self._kept.pop(chunk_id)
            self._ended_at.pop(chunk_id, None)
        return settled

    def overdue(self) -> list[Entry]:
        """Take out the reports of chunks whose end was not heard, to be sent once more."""
        before = self.clock() - OVERDUE_S
        late = frozenset(c for c, ended_at in self._ended_at.items() if ended_at < before)
        return [_once_more(entry) for entry in self.settle(late)]


def _once_more(entry: Entry) -> Entry:
    item = entry.item
    if isinstance(item, wire.ChunkEnded):
        item = msgspec.structs.replace(item, resent=item.resent + 1)
    return Entry(entry.path, item)
