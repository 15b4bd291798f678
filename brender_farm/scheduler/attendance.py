"""Who is there, and which chunks nobody holds any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.models import Node, Shot
from brender_farm.db.reads.nodes import all_nodes
from brender_farm.db.writes.chunks import chunks_by_id, end_chunk, live_chunk_nodes
from brender_farm.db.writes.nodes import add_node, store_heartbeat, take_offline, touch_nodes
from brender_farm.db.writes.shots import roll_up
from brender_farm.domain.leases import SILENCE_S, UNCLAIMED_S, LeaseWatch
from brender_farm.domain.states import ChunkState


def take_attendance(
    session: Session,
    watch: LeaseWatch,
    beats: Sequence[wire.Heartbeat],
    *,
    now: datetime,
    now_s: float,
) -> dict[int, int]:
    """Store the heartbeats, take silent nodes offline, end chunks that nobody holds.

    Runs inside the caller's `writing()`; `now_s` is on the watch's monotonic clock. Returns the
    lost chunks: id → node's id.
    """
    nodes = {node.name: node for node in all_nodes(session)}
    watch.expect((node.name for node in nodes.values() if node.online), now_s)
    changed = _store_new_beats(session, watch, beats, nodes, now, now_s)
    changed |= _find_silent(session, watch, nodes, now, now_s)
    lost = _end_lost(session, watch, beats, nodes, now, now_s)
    if changed or lost:
        touch_nodes(session)
    return lost


def _store_new_beats(
    session: Session,
    watch: LeaseWatch,
    beats: Sequence[wire.Heartbeat],
    nodes: dict[str, Node],
    now: datetime,
    now_s: float,
) -> bool:
    changed = False
    for beat in beats:
        is_new = watch.see(beat.node, beat.boot, beat.beat, now_s)
        node = nodes.get(beat.node)
        # At the scheduler's first look a heartbeat may be an old one that the broker kept;
        # one of a start that the database has not seen is certainly new.
        if not is_new and node is not None and node.boot == beat.boot:
            continue
        if node is None:
            node = nodes[beat.node] = add_node(session, beat, now)
        store_heartbeat(session, node, beat, now)
        changed = True
    return changed


def _find_silent(
    session: Session, watch: LeaseWatch, nodes: dict[str, Node], now: datetime, now_s: float
) -> bool:
    changed = False
    for node in nodes.values():
        if node.online and watch.is_silent(node.name, now_s):
            reason = f"No heartbeat for {SILENCE_S:.0f} s."
            take_offline(session, node, now=now, reason=reason)
            changed = True
    return changed


def _end_lost(
    session: Session,
    watch: LeaseWatch,
    beats: Sequence[wire.Heartbeat],
    nodes: dict[str, Node],
    now: datetime,
    now_s: float,
) -> dict[int, int]:
    live = live_chunk_nodes(session)
    by_id = {node.id: node for node in nodes.values()}
    claims = {beat.node: frozenset(claim.chunk_id for claim in beat.claims) for beat in beats}
    holders = {chunk: by_id[node_id].name for chunk, node_id in live.items()}
    unclaimed = set(watch.unclaimed(holders, claims, now_s))
    lost = {
        chunk: node_id
        for chunk, node_id in live.items()
        if chunk in unclaimed or not by_id[node_id].online
    }
    for chunk in chunks_by_id(session, lost):
        shot = session.get_one(Shot, chunk.shot_id)
        if by_id[chunk.node_id].online:
            reason = f"The node has not claimed it for {UNCLAIMED_S:.0f} s."
        else:
            reason = "The node went offline."
        end_chunk(session, chunk, shot, ChunkState.LOST, now=now, reason=reason)
        roll_up(session, shot, now=now)
    return lost
