"""Why a shot waits, why a node idles: the facts gathered in one moment, the domain's answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from brender_farm.db.core import reading
from brender_farm.db.models import Shot
from brender_farm.db.reads import why as reads
from brender_farm.db.reads.dependencies import waits_of
from brender_farm.db.reads.desk import farm_revs
from brender_farm.db.reads.nodes import node_names
from brender_farm.db.reads.planning import node_view, node_views, shot_view, shot_views, views_ahead
from brender_farm.db.reads.rules import limit_slots
from brender_farm.db.reads.shots import require_shot
from brender_farm.domain.case import Away, Case
from brender_farm.domain.idle import Queue, Tally, why_away
from brender_farm.domain.reasons import Reason
from brender_farm.domain.states import ACTIVE_SHOT_STATES, UNFINISHED_SHOT_STATES, ShotState
from brender_farm.domain.verdict import idle_verdict, verdict
from brender_farm.domain.views import NodeView
from brender_farm.domain.waiting import why_waiting
from brender_farm.errors import NotFound
from brender_farm.service.known import known
from brender_farm.service.shapes.why import NodeWhy, ShotWhy
from brender_farm.service.why_facts import away_of, aways_of, health_of, limit_uses, running_of

_NO_NAMES: Mapping[int, str] = {}
_AHEAD = 20
"""So many shots of higher priority are looked at; a sentence names three."""


def why_shot(shot_id: int) -> ShotWhy:
    """Say why a shot waits. Raises NotFound."""
    with reading() as session:
        shot = require_shot(session, shot_id)
        case = case_of(session, shot, now=datetime.now(UTC))
        reasons = why_waiting(case)
        return ShotWhy(
            shot_id=shot.id,
            name=shot.name,
            state=shot.state,
            verdict=verdict(case, reasons),
            reasons=reasons,
        )


def why_node(node_id: int) -> NodeWhy:
    """Say why a node has slots without work. Raises NotFound."""
    with reading() as session:
        return _node_why(session, reads.node_by_id(session, node_id), f"{node_id}")


def why_node_named(name: str) -> NodeWhy:
    """Say the same of the node of this name. Raises NotFound."""
    with reading() as session:
        return _node_why(session, reads.node_by_name(session, name), repr(name))


def why_idle(names: Collection[str] | None = None) -> dict[str, tuple[Reason, ...]]:
    """Return why the free slots of the nodes that may take work get nothing, by node's name.

    A node that is busy, or gets something with the next pass, is not in it. `names`: only these.
    """
    with reading() as session:
        willing = node_views(session, names=names)
        nodes = [node for node in willing.values() if node.free_slots > 0]
        if not nodes:
            return {}
        queue = _queue(session, reads.running_chunks(session), now=datetime.now(UTC))
        return {node.name: why for node in nodes if (why := queue.why_idle(node))}


def reasons_for(session: Session, shot: Shot) -> tuple[Reason, ...]:
    """Return why a shot waits, the weightiest reason first."""
    return why_waiting(case_of(session, shot, now=datetime.now(UTC)))


def case_of(session: Session, shot: Shot, *, now: datetime) -> Case:
    """Gather what decides what a shot gets; no more than its state makes worth knowing."""
    state, names = shot.state, _NO_NAMES
    said, is_halted = shot.reason, shot.halted
    if state not in UNFINISHED_SHOT_STATES or state is ShotState.PAUSED:
        view = shot_view(shot, 0, names)
        return Case(shot=view, state=state, now=now, said=said, is_halted=is_halted)
    farm = "-".join(map(str, farm_revs(session)))
    rows = known("running").get(farm, lambda: reads.running_chunks(session))
    own = tuple(row.name for row in rows if row.shot_id == shot.id)
    if shot.retries or shot.bans:
        names = node_names(session)
    case = Case(
        shot=shot_view(shot, len(own), names, own),
        state=state,
        now=now,
        not_before=shot.not_before and shot.not_before.astimezone(),
        awaited=waits_of(session, shot) if shot.held_count or not shot.is_open else (),
    )
    return _with_farm(session, shot, case, rows, farm) if case.shot.pending_count > 0 else case


def _with_farm(session: Session, shot: Shot, case: Case, rows: Sequence[Any], farm: str) -> Case:
    """Add the nodes, and who has them; `farm` changes whenever they do."""
    nodes, away = _nodes(session, case.now, farm)
    running = running_of(rows, case.now)
    limits = limit_slots(session) if shot.limit_names else {}
    uses = limit_uses({name: limits[name] for name in shot.limit_names if name in limits}, running)
    return replace(
        case,
        nodes=list(nodes.values()),
        away=away,
        limits=uses,
        running=running,
        ahead=views_ahead(
            session, shot.priority, Counter(row.shot_id for row in rows), limit=_AHEAD
        ),
        health=health_of(reads.last_pass(session), case.now),
    )


def _nodes(session: Session, now: datetime, farm: str) -> tuple[dict[str, NodeView], list[Away]]:
    """Return the nodes that may take work and those that may not; from memory while all is so."""

    def ask() -> tuple[dict[str, NodeView], list[Away]]:
        nodes = node_views(session)
        return nodes, aways_of(reads.perhaps_away(session), nodes, now)

    found: tuple[dict[str, NodeView], list[Away]] = known("nodes").get(farm, ask)
    return found


def _node_why(session: Session, row: Any, asked: str) -> NodeWhy:
    if row is None:
        raise NotFound(f"There is no node {asked}. See: brender nodes")
    now = datetime.now(UTC)
    rows = reads.running_chunks(session)
    busy = sum(chunk.name == row.name for chunk in rows)
    node, away = node_view(row, row.slots - busy), away_of(row, now)
    if away is not None:
        reasons: tuple[Reason, ...] = (why_away(away, now),)
    else:
        reasons = _queue(session, rows, now=now).why_idle(node) if node.free_slots > 0 else ()
    return NodeWhy(
        node_id=row.id,
        name=row.name,
        slots=row.slots,
        idle_slots=max(0, node.free_slots),
        verdict=idle_verdict(node, away, reasons, now),
        reasons=reasons,
    )


def _queue(session: Session, rows: Sequence[Any], *, now: datetime) -> Queue:
    running = running_of(rows, now)
    counts = reads.counts_of_unfinished(session)
    return Queue(
        shot_views(session),
        limits={use.name: use for use in limit_uses(limit_slots(session), running)},
        tally=Tally(
            active=sum(counts.get(state, 0) for state in ACTIVE_SHOT_STATES),
            waiting=counts.get(ShotState.WAITING, 0),
            paused=counts.get(ShotState.PAUSED, 0),
        ),
        health=health_of(reads.last_pass(session), now),
    )
