"""From rows to what the domain asks for when it says why a shot waits or a node idles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from brender_farm.db.reads.planning import node_view
from brender_farm.domain.case import Away, AwayCause, Health, LimitUse, Running, seconds_left
from brender_farm.domain.hours import read_hours
from brender_farm.domain.local_time import local_time
from brender_farm.domain.states import NodeIntent
from brender_farm.service.farm import SCHEDULER_SILENT_S

_INTENTS = {
    NodeIntent.DISABLED: AwayCause.DISABLED,
    NodeIntent.DRAINING: AwayCause.DRAINING,
}


def aways_of(rows: Sequence[Any], willing: Collection[str], now: datetime) -> list[Away]:
    """Return those of the nodes that take no work; `willing` are names of such that do."""
    found = (away_of(row, now) for row in rows if row.name not in willing)
    return [away for away in found if away is not None]


def away_of(node: Any, now: datetime) -> Away | None:
    """Say why a node takes no work, whatever there is to do; None: it may take some."""
    view, local = node_view(node, 0), local_time(now)
    if node.intent in _INTENTS:
        return Away(node=view, cause=_INTENTS[node.intent], why=node.reason)
    if not node.online:
        return Away(node=view, cause=AwayCause.OFFLINE, since=node.last_seen_at)
    if not node.accepting:
        cause = AwayCause.TROUBLE if node.trouble else AwayCause.STOPPING
        return Away(node=view, cause=cause, why=node.trouble)
    hours = read_hours(node.hours)
    if hours.is_open(local):
        return None
    return Away(node=view, cause=AwayCause.CLOSED, until=hours.next_change(local))


def running_of(rows: Sequence[Any], now: datetime) -> list[Running]:
    """Return the live chunks, each with how long it still takes."""
    return [
        Running(
            shot_id=row.shot_id,
            priority=row.priority,
            node=row.name,
            limits=tuple(row.limit_names),
            seconds_left=seconds_left(
                frame_count=row.frame_count,
                over_count=row.done_count + row.failed_count,
                seconds_per_frame=(
                    row.work_seconds / row.measured_count / row.speed
                    if row.measured_count
                    else None
                ),
                elapsed_s=(now - row.started_at).total_seconds() if row.started_at else 0.0,
            ),
        )
        for row in rows
    ]


def limit_uses(limits: Mapping[str, int], running: Sequence[Running]) -> list[LimitUse]:
    """Return how much of each limit is in use, by whom, and when the first of it is free."""
    chunks: dict[str, list[Running]] = {name: [] for name in limits}
    for chunk in running:
        for name in chunk.limits:
            if name in chunks:
                chunks[name].append(chunk)
    return [_use(name, limits[name], users) for name, users in chunks.items()]


def health_of(farm: Any, now: datetime) -> Health:
    """Return whether the scheduler passes and reaches the broker."""
    silent_s = None if farm.pass_at is None else (now - farm.pass_at).total_seconds()
    is_silent = silent_s is not None and silent_s > SCHEDULER_SILENT_S
    return Health(
        scheduler_silent_s=silent_s if is_silent else None,
        scheduler_ran=farm.pass_at is not None,
        broker_trouble=farm.broker_trouble,
    )


def _use(name: str, slots: int, users: Sequence[Running]) -> LimitUse:
    by = Counter(chunk.shot_id for chunk in users)
    times = [chunk.seconds_left for chunk in users if chunk.seconds_left is not None]
    return LimitUse(
        name=name,
        slots=slots,
        used=len(users),
        by=tuple(sorted(by, key=lambda shot_id: (-by[shot_id], shot_id))),
        free_in_s=min(times, default=None),
    )
