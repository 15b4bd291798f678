"""Giving slots that would idle a second go at a shot's last frames. Inside `writing()`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Shot
from brender_farm.db.reads.nodes import node_names
from brender_farm.db.reads.planning import nodes_of, shot_view
from brender_farm.db.reads.racing import stragglers
from brender_farm.db.writes.loose import loose_by_folder
from brender_farm.db.writes.shots import touch
from brender_farm.db.writes.twins import cut_twin
from brender_farm.domain.racing import may_race, twins
from brender_farm.domain.states import ACTIVE_SHOT_STATES
from brender_farm.domain.views import Assignment, NodeView, ShotView


def race_stragglers(
    session: Session,
    shots: Collection[ShotView],
    nodes: Iterable[NodeView],
    given: Sequence[Assignment],
    *,
    limits: Mapping[str, int],
    now: datetime,
) -> list[tuple[str, Chunk, Shot]]:
    """Cut the twins that fit into what the plan (`given`) has left free.

    `shots` and `nodes` are what the plan was made from. Returns node's name, twin and shot.
    """
    racing = {shot.id: shot for shot in shots if may_race(shot)}
    free = _what_is_left(nodes, given) if racing else []
    if not free:
        return []
    names = node_names(session)
    ids = {name: node_id for node_id, name in names.items()}
    found = stragglers(session, _seen_whole(session, racing, names), now=now)
    chosen = twins(found, free, room=_room(shots, given, limits)) if found else []
    loose = loose_by_folder(session) if chosen else {}
    cut = []
    for twin in chosen:
        shot = session.get_one(Shot, twin.shot_id)
        original = session.get_one(Chunk, twin.of)
        chunk = cut_twin(
            session,
            shot,
            original,
            node_id=ids[twin.node],
            frame_count=twin.frame_count,
            now=now,
            fences=loose.get(shot.output_dir, ()),
        )
        touch(session, shot)
        cut.append((twin.node, chunk, shot))
    return cut


def _what_is_left(nodes: Iterable[NodeView], given: Sequence[Assignment]) -> list[NodeView]:
    taken = Counter(assignment.node for assignment in given)
    return [
        replace(node, free_slots=node.free_slots - taken[node.name])
        for node in nodes
        if node.free_slots > taken[node.name]
    ]


def _seen_whole(
    session: Session, shots: Mapping[int, ShotView], names: Mapping[int, str]
) -> dict[int, ShotView]:
    """Return the same shots with bans and nodes, which a shot without pending frames lacks."""
    found = session.query(Shot).filter(Shot.id.in_(shots), Shot.state.in_(ACTIVE_SHOT_STATES))
    return {
        shot.id: shot_view(
            shot, shots[shot.id].busy_slots, names, on_nodes=nodes_of(session, shot.id)
        )
        for shot in found
    }


def _room(
    shots: Iterable[ShotView], given: Sequence[Assignment], limits: Mapping[str, int]
) -> dict[str, int]:
    """Return how many more chunks each farm-wide limit takes."""
    busy = Counter({shot.id: shot.busy_slots for shot in shots})
    busy.update(assignment.shot_id for assignment in given)
    room = dict(limits)
    for shot in shots:
        room |= {name: room[name] - busy[shot.id] for name in shot.limits if name in room}
    return room
