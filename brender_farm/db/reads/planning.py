"""What the planner looks at, read from the database.

The statements are built once: they are asked after every chunk, and building one costs as much
as asking.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Node, Shot
from brender_farm.db.reads.nodes import node_names, tags_of
from brender_farm.db.reads.rules import weights
from brender_farm.domain.hours import read_hours
from brender_farm.domain.local_time import local_time
from brender_farm.domain.pace import spread
from brender_farm.domain.retries import lots_of
from brender_farm.domain.states import ACTIVE_SHOT_STATES, LIVE_CHUNK_STATES, NodeIntent
from brender_farm.domain.views import Needs, NodeView, RetryLot, ShotView

NODE_COLUMNS = (
    Node.id,
    Node.name,
    Node.slots,
    Node.facts,
    Node.warm,
    Node.unwell,
    Node.memory_bytes,
    Node.speed,
    Node.hours,
    Node.set_tags,
)
"""What `node_view` reads."""
_WILLING_NODES = select(*NODE_COLUMNS).where(
    Node.online.is_(True), Node.accepting.is_(True), Node.intent == NodeIntent.ENABLED
)
_SHOTS = select(
    Shot.id,
    Shot.priority,
    Shot.submitter,
    Shot.blend,
    Shot.blend_version,
    Shot.output_dir,
    Shot.pending_count,
    Shot.retries,
    Shot.bans,
    Shot.tags,
    Shot.not_tags,
    Shot.min_memory_bytes,
    Shot.max_nodes,
    Shot.pool,
    Shot.blender,
    Shot.device,
    Shot.limit_names,
    Shot.race,
    Shot.held_count,
    Shot.chunk_size,
    Shot.measured_count,
    Shot.work_seconds,
    Shot.work_squared,
    Shot.frame_count,
    Shot.done_count,
    Shot.failed_count,
)
_SHOTS_WITH_WORK = _SHOTS.where(
    Shot.state.in_(ACTIVE_SHOT_STATES), Shot.pending_count > Shot.held_count
)
_SHOTS_AHEAD = (
    _SHOTS_WITH_WORK.where(Shot.priority > bindparam("priority"))
    .order_by(Shot.priority.desc(), Shot.id)
    .limit(bindparam("most"))
)
_THESE_SHOTS = _SHOTS.where(Shot.id.in_(bindparam("ids", expanding=True)))
_IS_LIVE = Chunk.state.in_(LIVE_CHUNK_STATES)
_LIVE_BY_NODE = select(Chunk.node_id, func.count()).where(_IS_LIVE).group_by(Chunk.node_id)
_LIVE_BY_SHOT = select(Chunk.shot_id, func.count()).where(_IS_LIVE).group_by(Chunk.shot_id)


_EQUAL: Mapping[str, float] = {}
_NO_NAMES: Mapping[int, str] = {}


def node_views(
    session: Session, now: datetime | None = None, names: Collection[str] | None = None
) -> dict[str, NodeView]:
    """Return the nodes that may take work, by name, with their free slots.

    `now` decides whose hours it is; None: the clock does. `names`: only these.
    """
    busy, local = _counts(session, _LIVE_BY_NODE), local_time(now or datetime.now(UTC))
    willing = _WILLING_NODES if names is None else _WILLING_NODES.where(Node.name.in_(names))
    return {
        row.name: node_view(row, row.slots - busy.get(row.id, 0))
        for row in session.execute(willing)
        if read_hours(row.hours).is_open(local)
    }


def node_view(node: Any, free_slots: int) -> NodeView:
    """Return one node, a Node or a row with the same names, as the planner sees it."""
    return NodeView(
        name=node.name,
        slots=node.slots,
        free_slots=free_slots,
        blender_versions=tuple(node.facts.get("blender_versions", ())),
        warm=frozenset(node.warm),
        unwell=frozenset(node.unwell),
        tags=frozenset(tags_of(node)),
        memory_bytes=node.memory_bytes,
        pool=node.facts.get("pool", ""),
        has_gpu=bool(node.facts.get("gpus")),
        speed=node.speed,
        os=node.facts.get("os", ""),
    )


def shot_views(session: Session) -> list[ShotView]:
    """Return the shots that have frames to give away, and those that only have slots."""
    busy = _counts(session, _LIVE_BY_SHOT)
    rows = session.execute(_SHOTS_WITH_WORK).all()
    names = node_names(session) if any(row.retries or row.bans for row in rows) else {}
    on_nodes = {row.id: nodes_of(session, row.id) for row in rows if row.max_nodes is not None}
    shares = weights(session)
    views = [
        shot_view(row, busy.pop(row.id, 0), names, on_nodes.get(row.id, ()), shares) for row in rows
    ]
    holding = session.execute(_THESE_SHOTS, {"ids": list(busy)}).all() if busy else []
    return views + [
        replace(shot_view(row, busy[row.id], {}, weights=shares), pending_count=0, retries=())
        for row in holding
    ]


def views_ahead(
    session: Session, priority: int, busy: Mapping[int, int], *, limit: int
) -> list[ShotView]:
    """Return shots of higher priority with frames to give away, the highest first.

    `busy` says how many slots each has now. Which nodes they avoid or are banned from is left out.
    """
    rows = session.execute(_SHOTS_AHEAD, {"priority": priority, "most": limit})
    return [shot_view(row, busy.get(row.id, 0), _NO_NAMES) for row in rows]


def nodes_of(session: Session, shot_id: int) -> tuple[str, ...]:
    """Return the names of the nodes that have chunks of the shot, one for each chunk."""
    query = select(Node.name).join(Chunk, Chunk.node_id == Node.id)
    return tuple(session.scalars(query.where(Chunk.shot_id == shot_id, _IS_LIVE)))


def shot_view(
    shot: Any,
    busy_slots: int,
    node_names: Mapping[int, str],
    on_nodes: tuple[str, ...] = (),
    weights: Mapping[str, float] = _EQUAL,
) -> ShotView:
    """Return one shot, a Shot or a row with the same names, as the planner sees it.

    `node_names` (id → name) is needed where it has retries or bans, `on_nodes` where it has a limit
    of nodes.
    """
    return ShotView(
        id=shot.id,
        priority=shot.priority,
        submitter=shot.submitter,
        blend=shot.blend,
        blend_version=shot.blend_version,
        output_dir=shot.output_dir,
        pending_count=shot.pending_count - shot.held_count,
        held_count=shot.held_count,
        retries=tuple(
            RetryLot(
                key=lot.key,
                avoid=frozenset(node_names.get(node_id, "") for node_id in lot.avoid),
                count=len(lot.positions),
            )
            for lot in lots_of(shot.retries)
        ),
        banned=frozenset(node_names.get(int(key), "") for key in shot.bans),
        needs=Needs(
            tags=frozenset(shot.tags),
            not_tags=frozenset(shot.not_tags),
            memory_bytes=shot.min_memory_bytes,
            pool=shot.pool,
            blender=shot.blender,
            device=shot.device,
        ),
        max_nodes=shot.max_nodes,
        on_nodes=on_nodes,
        limits=frozenset(shot.limit_names),
        race=shot.race,
        chunk_size=shot.chunk_size,
        weight=weights.get(shot.submitter, 1.0),
        rendering_count=(
            shot.frame_count - shot.pending_count - shot.done_count - shot.failed_count
        ),
        seconds_per_frame=(
            shot.work_seconds / shot.measured_count if shot.measured_count else None
        ),
        seconds_spread=spread(
            count=shot.measured_count, total=shot.work_seconds, squares=shot.work_squared
        ),
        measured_count=shot.measured_count,
        busy_slots=busy_slots,
    )


def _counts(session: Session, statement: Select[int, int]) -> dict[int, int]:
    return {key: count for key, count in session.execute(statement)}  # noqa: C416
