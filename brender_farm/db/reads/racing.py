"""Reading races: which live chunks have the same frames, and which might get a twin."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from brender_farm.db.models import Chunk, Farm, Frame, Node, Shot
from brender_farm.domain.frames import Spans, frame_list
from brender_farm.domain.racing import Straggler
from brender_farm.domain.states import LIVE_CHUNK_STATES, FrameState
from brender_farm.domain.views import ShotView

_IS_LIVE = Chunk.state.in_(LIVE_CHUNK_STATES)
_LIVE_RACERS = (
    select(Chunk.id, Chunk.twin_of)
    .join(Shot, Shot.id == Chunk.shot_id)
    .where(_IS_LIVE, Shot.race.is_(True))
)


def rivals_of(session: Session, chunk: Chunk, shot: Shot) -> list[Chunk]:
    """Return the other live chunks of the race that a chunk is in; none without a race."""
    if not shot.race:
        return []
    race = chunk.twin_of or chunk.id
    same_race = or_(Chunk.id == race, Chunk.twin_of == race)
    found = select(Chunk).where(Chunk.shot_id == shot.id, Chunk.id != chunk.id, _IS_LIVE, same_race)
    return list(session.scalars(found))


def held_by_rivals(session: Session, chunk: Chunk, shot: Shot) -> Spans:
    """Return the positions that other live chunks of its race have."""
    held = Spans()
    for rival in rivals_of(session, chunk, shot):
        held |= Spans.decode(rival.spans)
    return held


def live_races(session: Session) -> dict[int, int]:
    """Return the live chunks of shots that may race: chunk → race.

    A race has the id of the chunk that it began with, which is in a race of its own until then.
    """
    return {row.id: row.twin_of or row.id for row in session.execute(_LIVE_RACERS)}


def open_races(session: Session) -> list[Chunk]:
    """Return the live chunks that are not alone in their race, whatever became of the other."""
    other = aliased(Chunk)
    found = (
        select(Chunk)
        .join(Shot, Shot.id == Chunk.shot_id)
        .join(other, or_(other.twin_of == Chunk.id, other.id == Chunk.twin_of))
        .where(_IS_LIVE, Shot.race.is_(True))
        .order_by(Chunk.id)
    )
    return list(session.scalars(found).unique())


def stragglers(
    session: Session, shots: Mapping[int, ShotView], *, now: datetime
) -> list[Straggler]:
    """Return the chunks of these shots (by id) that may get a twin.

    None that has or had one, is one, is to end after its frame, has a frame that failed or took its
    node down before, or of which the broker forgot what it claimed.
    """
    live = select(Chunk, Node.name, Node.speed).join(Node, Node.id == Chunk.node_id)
    wanted = live.where(
        _IS_LIVE,
        Chunk.shot_id.in_(shots),
        Chunk.twin_of.is_(None),
        Chunk.ending.is_(False),
        Chunk.id > select(Farm.races_after).scalar_subquery(),
    )
    rows = session.execute(wanted).all()
    raced = _raced(session, [row.Chunk.id for row in rows]) if rows else frozenset()
    suspects = _suspects(session, {row.Chunk.shot_id for row in rows}) if rows else {}
    return [
        _straggler(row, shots[row.Chunk.shot_id], now)
        for row in rows
        if row.Chunk.id not in raced and row.Chunk.spans and not _has_one_of(row.Chunk, suspects)
    ]


def _raced(session: Session, chunk_ids: list[int]) -> frozenset[int]:
    return frozenset(
        twin_of
        for twin_of in session.scalars(select(Chunk.twin_of).where(Chunk.twin_of.in_(chunk_ids)))
        if twin_of is not None
    )


def _suspects(session: Session, shot_ids: Collection[int]) -> dict[int, list[int]]:
    """Return the pending frames that failed or took a node down: shot → numbers."""
    wanted = select(Frame.shot_id, Frame.frame).where(
        Frame.shot_id.in_(shot_ids),
        Frame.state == FrameState.PENDING,
        or_(Frame.tries > 0, Frame.vanished > 0),
    )
    found: dict[int, list[int]] = {}
    for row in session.execute(wanted):
        found.setdefault(row.shot_id, []).append(row.frame)
    return found


def _has_one_of(chunk: Chunk, suspects: Mapping[int, list[int]]) -> bool:
    frames = frame_list(chunk.frames)
    return any(frames.position(n) is not None for n in suspects.get(chunk.shot_id, ()))


def _straggler(row: Any, shot: ShotView, now: datetime) -> Straggler:
    chunk: Chunk = row.Chunk
    return Straggler(
        chunk_id=chunk.id,
        shot=shot,
        node=row.name,
        speed=row.speed,
        left_count=len(Spans.decode(chunk.spans)),
        over_count=chunk.done_count + chunk.failed_count,
        elapsed_s=(now - (chunk.started_at or chunk.sent_at)).total_seconds(),
    )
