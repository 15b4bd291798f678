"""When shots will be done: the farm as it is in the database, played forward."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from brender_farm.db.core import reading
from brender_farm.db.reads import ahead as reads
from brender_farm.db.reads.nodes import node_names
from brender_farm.db.reads.planning import node_views, shot_view
from brender_farm.db.reads.rules import limit_slots, weights
from brender_farm.domain.ahead import Running, ShotAhead
from brender_farm.domain.forecast import STEP_LIMIT, Forecast, forecast


def foresee(*, now: datetime | None = None, step_limit: int = STEP_LIMIT) -> Forecast:
    """Read the farm and play it forward; beyond so many steps the rest is reckoned."""
    now = now or datetime.now(UTC)
    with reading() as session:
        chunks = reads.running_chunks(session)
        nodes = node_views(session)
        ahead = _shots_ahead(session, chunks, nodes.keys(), now)
        latest, limits = reads.latest_paces(session), limit_slots(session)
    paces = {each.view.id: each.view.seconds_per_frame for each in ahead}
    return forecast(
        ahead,
        list(nodes.values()),
        [_running(chunk, paces[chunk.shot_id], now) for chunk in chunks],
        limits=limits,
        usual_s=statistics.median(latest) if latest else None,
        step_limit=step_limit,
    )


def _shots_ahead(
    session: Session, chunks: Sequence[Row[*tuple[Any, ...]]], nodes: Collection[str], now: datetime
) -> list[ShotAhead]:
    shots = reads.shots_ahead(session)
    names = node_names(session) if any(shot.bans for shot in shots) else {}
    shares, on_nodes = weights(session), defaultdict[int, list[str]](list)
    # A node that takes no more work has no slot to give back, so what it has counts for nobody.
    for chunk in chunks:
        if chunk.name in nodes:
            on_nodes[chunk.shot_id].append(chunk.name)
    after, beside = _waits(session)
    found = []
    for shot in shots:
        holders = on_nodes[shot.id]
        view = shot_view(shot, len(holders), names, tuple(holders), shares)
        is_stopped = shot.state not in reads.GOING_STATES
        opens_s = 0.0
        if not shot.is_open and shot.not_before is not None:
            opens_s = max(0.0, (shot.not_before - now).total_seconds())
        found.append(
            ShotAhead(
                view=replace(
                    view,
                    pending_count=0 if is_stopped else shot.pending_count,
                    held_count=0,
                    retries=(),
                ),
                opens_s=opens_s,
                after=frozenset(() if shot.is_open else after[shot.id]),
                beside=frozenset(beside[shot.id] if shot.held_count else ()),
                is_stopped=is_stopped,
            )
        )
    return found


def _waits(session: Session) -> tuple[defaultdict[int, set[int]], defaultdict[int, set[int]]]:
    """Return what each shot comes after as a whole, and frame by frame."""
    after, beside = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for wait in reads.unmet_waits(session):
        (beside if wait.by_frame else after)[wait.shot_id].add(wait.after_id)
    return after, beside


def _running(
    chunk: Row[*tuple[Any, ...]], seconds_per_frame: float | None, now: datetime
) -> Running:
    """Return a live chunk, with what its current frame has taken if the others took the mean."""
    in_hand_s = 0.0
    if chunk.started_at is not None:
        in_hand_s = (now - chunk.started_at).total_seconds()
        in_hand_s -= chunk.over_count * (seconds_per_frame or 0.0) / chunk.speed
    return Running(
        shot_id=chunk.shot_id,
        node=chunk.name,
        speed=chunk.speed,
        frame_count=max(0, chunk.frame_count - chunk.over_count),
        in_hand_s=max(0.0, in_hand_s),
    )
