"""Who is there, and which chunks nobody holds any more."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.models import Chunk, Node, Shot
from brender_farm.db.reads.nodes import all_nodes
from brender_farm.db.reads.shows import show_roots
from brender_farm.db.writes.chunks import chunks_by_id, live_chunk_nodes, lose_chunk
from brender_farm.db.writes.loose import forget_dropped
from brender_farm.db.writes.nodes import add_node, store_heartbeat, take_offline, touch_nodes
from brender_farm.db.writes.samples import store_steps
from brender_farm.db.writes.shots import roll_up
from brender_farm.domain.leases import SILENCE_S, UNCLAIMED_S, LeaseWatch
from brender_farm.domain.samples import Samples
from brender_farm.domain.states import ChunkState

log = logging.getLogger(__name__)


def take_attendance(
    session: Session,
    watch: LeaseWatch,
    beats: Sequence[wire.Heartbeat],
    *,
    now: datetime,
    now_s: float,
    samples: Samples | None = None,
) -> dict[int, int]:
    """Store the heartbeats, take silent nodes offline, end chunks that nobody holds.

    Runs inside the caller's `writing()`; `now_s` is on the watch's monotonic clock. With `samples`
    the machines' figures are kept over time. Returns the lost chunks: id → node's id.
    """
    roll = _Roll(session, watch, now, now_s, all_nodes(session), samples or Samples())
    return roll.call(beats)


@dataclass(slots=True)
class _Roll:
    session: Session
    watch: LeaseWatch
    now: datetime
    now_s: float
    nodes: list[Node]
    samples: Samples
    in_hand: dict[int, int | None] = field(default_factory=dict)
    """Which frame each chunk was at, by what its node said last."""
    left: set[int] = field(default_factory=set)
    """The nodes that have just said good-bye."""
    changed: bool = False

    def call(self, beats: Sequence[wire.Heartbeat]) -> dict[int, int]:
        self.in_hand = {
            claim["chunk_id"]: claim.get("frame") for node in self.nodes for claim in node.claims
        }
        self.watch.expect((node.name for node in self.nodes if node.online), self.now_s)
        self._store_new(beats)
        store_steps(self.session, self.samples.take_due(), self.now)
        self._find_silent()
        lost = self._end_lost({beat.node: _claimed(beat) for beat in beats})
        if self.changed or lost:
            touch_nodes(self.session)
        return lost

    def _store_new(self, beats: Sequence[wire.Heartbeat]) -> None:
        nodes = {node.name: node for node in self.nodes}
        claims = {}
        tells_paths = any(beat.warm or beat.unwell for beat in beats)
        roots = show_roots(self.session) if tells_paths else ()
        for beat in beats:
            is_new = self.watch.see(beat.node, beat.boot, beat.beat, self.now_s)
            node = nodes.get(beat.node)
            # At the scheduler's first look a heartbeat may be an old one that the broker kept;
            # one of a start that the database has not seen is certainly new.
            if not is_new and node is not None and node.boot == beat.boot:
                continue
            if node is None:
                node = add_node(self.session, beat, self.now)
                self.nodes.append(node)
            store_heartbeat(self.session, node, beat, self.now, roots)
            busy = min(len(beat.claims), beat.slots)
            self.samples.add(node.id, node.sample, busy, self.now)
            claims[node.id] = _claimed(beat)
            if beat.leaving:
                self.left.add(node.id)
            self.changed = True
        forget_dropped(self.session, claims, now=self.now)

    def _find_silent(self) -> None:
        for node in self.nodes:
            if node.online and self.watch.is_silent(node.name, self.now_s):
                reason = f"No heartbeat for {SILENCE_S:.0f} s."
                log.warning("A node fell silent.", extra={"node": node.name})
                take_offline(self.session, node, now=self.now, reason=reason)
                self.changed = True

    def _end_lost(self, claims: dict[str, frozenset[int]]) -> dict[int, int]:
        live = live_chunk_nodes(self.session)
        by_id = {node.id: node for node in self.nodes}
        holders = {chunk: by_id[node_id].name for chunk, node_id in live.items()}
        unclaimed = self.watch.unclaimed(holders, claims, self.now_s)
        suspects = {
            chunk for chunk, node in holders.items() if chunk not in claims.get(node, frozenset())
        } | {chunk for chunk, node_id in live.items() if not by_id[node_id].online}
        lost = {}
        for chunk in chunks_by_id(self.session, suspects) if suspects else ():
            node = by_id[chunk.node_id]
            went_down, reason = _why_lost(chunk, node, is_unclaimed=chunk.id in unclaimed)
            if reason:
                vanished = went_down and node.id not in self.left
                self._lose(chunk, reason, node.name if vanished else "")
                lost[chunk.id] = node.id
        return lost

    def _lose(self, chunk: Chunk, reason: str, vanished: str) -> None:
        shot = self.session.get_one(Shot, chunk.shot_id)
        lose_chunk(
            self.session,
            chunk,
            shot,
            now=self.now,
            reason=reason,
            vanished=vanished,
            frame_in_hand=self.in_hand.get(chunk.id),
        )
        roll_up(self.session, shot, now=self.now)


def _claimed(beat: wire.Heartbeat) -> frozenset[int]:
    return frozenset(claim.chunk_id for claim in beat.claims)


def _why_lost(chunk: Chunk, node: Node, *, is_unclaimed: bool) -> tuple[bool, str]:
    """Return whether a chunk's node went down with it, and why it is lost; empty: it is not."""
    if not node.online:
        return True, "The node went offline."
    if chunk.state is ChunkState.RENDERING and chunk.boot and chunk.boot != node.boot:
        return True, "The node was started again."
    return False, f"The node has not claimed it for {UNCLAIMED_S:.0f} s." if is_unclaimed else ""
