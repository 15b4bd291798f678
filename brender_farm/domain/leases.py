"""Whose silence means what: judged by changes seen, never by a node's clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SILENCE_S = 10.0
"""A node whose heartbeat has not changed for so long is offline."""
UNCLAIMED_S = 10.0
"""A live chunk that its node's heartbeats have not named for so long is lost."""


@dataclass(slots=True)
class LeaseWatch:
    """Remembers when each heartbeat last changed and since when each chunk is unclaimed.

    Times are seconds of one monotonic clock, given by the caller. A new watch (the scheduler has
    just started) gives every node and chunk the full time once more.
    """

    _beats: dict[str, tuple[tuple[str, int], float]] = field(default_factory=dict)
    _unclaimed: dict[int, float] = field(default_factory=dict)

    def see(self, node: str, boot: str, beat: int, now_s: float) -> bool:
        """Note a heartbeat; tell whether it is a new one since the last look."""
        known = self._beats.get(node)
        if known is not None and known[0] == (boot, beat):
            return False
        self._beats[node] = ((boot, beat), now_s)
        return known is not None

    def expect(self, nodes: Iterable[str], now_s: float) -> None:
        """Start the clock for nodes that are said to be online and have not been seen yet."""
        for node in nodes:
            self._beats.setdefault(node, (("", -1), now_s))

    def forgive(self, now_s: float) -> None:
        """Begin all waiting anew: the broker was away, so no silence of that time counts."""
        self._beats = {node: (beat, now_s) for node, (beat, _) in self._beats.items()}
        self._unclaimed.clear()

    def is_silent(self, node: str, now_s: float) -> bool:
        known = self._beats.get(node)
        return known is None or now_s - known[1] > SILENCE_S

    def unclaimed(
        self, live: Mapping[int, str], claims: Mapping[str, frozenset[int]], now_s: float
    ) -> list[int]:
        """Return the live chunks (id → node) that their node has not claimed for too long."""
        missing = {chunk for chunk, node in live.items() if chunk not in claims.get(node, ())}
        self._unclaimed = {chunk: self._unclaimed.get(chunk, now_s) for chunk in missing}
        return sorted(c for c, since in self._unclaimed.items() if now_s - since > UNCLAIMED_S)
