"""The farm's figures for monitoring: counts from the database, and what the broker tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from redis import RedisError

from brender_farm.broker.address import broker_url
from brender_farm.broker.figures import KEY, decode_figures
from brender_farm.broker.link import connect
from brender_farm.broker.queues import FARM_QUEUE
from brender_farm.config import Settings
from brender_farm.db.core import reading
from brender_farm.db.reads import metrics as reads
from brender_farm.db.reads.condition import database_bytes, farm_row
from brender_farm.domain.standing import Standing
from brender_farm.domain.states import LIVE_CHUNK_STATES, ShotState
from brender_farm.service.lookout import Lookout
from brender_farm.service.node_list import standing_of_row
from brender_farm.service.shapes.metrics import BrokerFigures, FarmFigures, Figures, NodeFigures

if TYPE_CHECKING:
    from redis import Redis

_EXTENSION = "brender_broker_figures"
_LIMIT_S = 1.0
_PATIENCE_S = 0.5
"""So long a broker that does not answer is waited for; the rest is told all the same."""
_FRESH_S, _STALE_S = 1.0, 10.0
_OPEN = (Standing.IDLE, Standing.RENDERING, Standing.UNWELL)
"""Nodes that take new work."""
_SILENT = BrokerFigures(answers=False)


def figures(*, most_nodes: int) -> Figures:
    """Return the farm's figures; those of single nodes only if there are `most_nodes` at most."""
    lookout = _lookout()
    lookout.start()
    farm = farm_figures(most_nodes=most_nodes)
    return Figures(farm=farm, broker=lookout.found(_PATIENCE_S) or _SILENT)


def farm_figures(*, most_nodes: int, now: datetime | None = None) -> FarmFigures:
    """Return what the database tells."""
    now = now or datetime.now(UTC)
    with reading() as session:
        shots, sums = reads.shots_by_state(session), reads.frames_of_unfinished(session)
        live, rows = reads.live_chunks(session), reads.nodes(session)
        hooks, notices = reads.troubled_receivers(session)
        pass_at, size = farm_row(session).pass_at, database_bytes(session)
    busy: Counter[int] = Counter()
    chunks: Counter[str] = Counter()
    for row in live:
        busy[row.node_id] += row.amount
        chunks[str(row.state)] += row.amount
    standings = {row.id: standing_of_row(row, busy[row.id], now) for row in rows}
    counts = Counter(standings.values())
    return FarmFigures(
        shots={str(state): shots.get(state, 0) for state in ShotState},
        frames={
            "pending": sums.pending - sums.held,
            "held": sums.held,
            "rendering": max(0, sums.total - sums.pending - sums.done - sums.failed),
            "done": sums.done,
            "failed": sums.failed,
        },
        chunks={str(state): chunks[state] for state in LIVE_CHUNK_STATES},
        slots=_slots(rows, busy, standings),
        nodes={str(standing): counts[standing] for standing in Standing},
        each_node=_each_node(rows, busy) if len(rows) <= most_nodes else (),
        pass_at=pass_at,
        database_bytes=size,
        webhooks_in_trouble=hooks,
        notices_in_trouble=notices,
    )


def broker_figures(settings: Settings) -> BrokerFigures:
    """Return what the broker tells, or that it does not answer."""
    try:
        with connect(broker_url(settings), timeout_s=_LIMIT_S) as client:
            return _ask(client)
    except (RedisError, OSError):
        return _SILENT


def _ask(client: Redis) -> BrokerFigures:
    with client.pipeline(transaction=False) as pipe:
        pipe.info("memory")
        pipe.info("clients")
        pipe.llen(FARM_QUEUE)
        pipe.get(KEY)
        memory, clients, waiting, told = pipe.execute()
    return BrokerFigures(
        answers=True,
        memory_bytes=int(memory.get("used_memory", 0)),
        clients=int(clients.get("connected_clients", 0)),
        reports_waiting=int(waiting),
        scheduler=decode_figures(told),
    )


def _slots(
    rows: Sequence[Any], busy: Counter[int], standings: dict[int, Standing]
) -> dict[str, int]:
    online = [row for row in rows if row.online]
    taken = sum(min(busy[row.id], row.slots) for row in online)
    free = sum(
        max(0, row.slots - busy[row.id])
        for row in online
        if row.accepting and standings[row.id] in _OPEN
    )
    total = sum(row.slots for row in online)
    return {"busy": taken, "free": free, "closed": max(0, total - taken - free)}


def _each_node(rows: Sequence[Any], busy: Counter[int]) -> tuple[NodeFigures, ...]:
    return tuple(
        NodeFigures(
            name=row.name,
            online=row.online,
            slots=row.slots,
            busy=busy[row.id],
            sample=row.sample if row.online else {},
        )
        for row in rows
    )


def _lookout() -> Lookout[BrokerFigures]:
    app: Flask = current_app
    settings: Settings = app.extensions["brender_settings"]
    found: Lookout[BrokerFigures] | None = app.extensions.get(_EXTENSION)
    if found is None:
        fresh: Lookout[BrokerFigures] = Lookout(
            "look at figures", lambda: broker_figures(settings), fresh_s=_FRESH_S, stale_s=_STALE_S
        )
        found = app.extensions.setdefault(_EXTENSION, fresh)
    return found
