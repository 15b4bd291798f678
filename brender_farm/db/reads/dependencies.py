"""Reading which shot comes after which, and what that waits for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from brender_farm.db.models import Dependency, Shot
from brender_farm.db.reads.held import held_by_one
from brender_farm.domain.dependencies import Awaited
from brender_farm.domain.frames import Spans, frame_list
from brender_farm.domain.states import UNFINISHED_SHOT_STATES, ShotState

_FOLLOWERS = (
    select(Dependency.shot_id, Dependency.by_frame)
    .where(Dependency.after_id == bindparam("shot_id"))
    .order_by(Dependency.shot_id)
)
"""Built once: it is asked for every report."""


def followers_of(session: Session, shot_id: int) -> dict[int, bool]:
    """Return the shots that come after a shot: id → whether frame by frame."""
    # Past the session, which would first write every change so far; most shots have none.
    found = session.connection().execute(_FOLLOWERS, {"shot_id": shot_id})
    return {row.shot_id: row.by_frame for row in found}


def comes_after(session: Session, shot_id: int) -> list[tuple[Shot, bool]]:
    """Return the shots that a shot comes after, met or not, each with whether frame by frame."""
    wanted = (
        select(Shot, Dependency.by_frame)
        .join(Dependency, Dependency.after_id == Shot.id)
        .where(Dependency.shot_id == shot_id)
    )
    return [(shot, by_frame) for shot, by_frame in session.execute(wanted.order_by(Shot.id))]


def waits_of(session: Session, shot: Shot) -> list[Awaited]:
    """Return the shots that have to come first and have not yet.

    Of an open shot these are only those that its held frames wait for.
    """
    awaited = []
    for other, by_frame in comes_after(session, shot.id):
        first = _first_held(session, shot, other) if by_frame else None
        is_met = first is None if by_frame else shot.is_open or other.state is ShotState.COMPLETED
        if not is_met:
            awaited.append(
                Awaited(
                    shot_id=other.id,
                    name=other.name,
                    state=other.state,
                    by_frame=by_frame,
                    first_frame=first,
                    failed_count=other.failed_count,
                )
            )
    return awaited


def _first_held(session: Session, shot: Shot, other: Shot) -> int | None:
    held = held_by_one(session, shot, other, Spans.decode(shot.held))
    return frame_list(shot.frames)[held.pairs[0][0]] if held else None


def waiting_for(session: Session, shot_id: int) -> list[int]:
    """Return the unfinished shots that cannot go on without this one."""
    found = []
    for follower_id in followers_of(session, shot_id):
        follower = session.get_one(Shot, follower_id)
        if follower.state in UNFINISHED_SHOT_STATES and any(
            awaited.shot_id == shot_id for awaited in waits_of(session, follower)
        ):
            found.append(follower_id)
    return found


def due_shots(session: Session, *, now: datetime) -> Sequence[Shot]:
    """Return the unfinished shots that nothing holds back as a whole any more, though it did."""
    other = aliased(Shot)
    is_held_up = exists().where(
        Dependency.shot_id == Shot.id,
        Dependency.by_frame.is_(False),
        other.id == Dependency.after_id,
        other.state != ShotState.COMPLETED,
    )
    wanted = select(Shot).where(
        Shot.state.in_(UNFINISHED_SHOT_STATES),
        Shot.is_open.is_(False),
        or_(Shot.not_before.is_(None), Shot.not_before <= now),
        ~is_held_up,
    )
    return session.scalars(wanted.order_by(Shot.id)).all()


def missing_shots(session: Session, shot_ids: Iterable[int]) -> list[int]:
    """Return those of the numbers that no shot has, in their order."""
    wanted = list(shot_ids)
    known = set(session.scalars(select(Shot.id).where(Shot.id.in_(wanted)))) if wanted else set()
    return [shot_id for shot_id in wanted if shot_id not in known]


def all_before(session: Session, shot_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return what these shots come after, and those in turn: shot → the shots before it."""
    before: dict[int, list[int]] = {}
    heads = set(shot_ids)
    while heads:
        before |= {shot_id: [] for shot_id in heads}
        wanted = select(Dependency.shot_id, Dependency.after_id).where(
            Dependency.shot_id.in_(heads)
        )
        for row in session.execute(wanted.order_by(Dependency.after_id)):
            before[row.shot_id].append(row.after_id)
        heads = {earlier for each in heads for earlier in before[each]} - before.keys()
    return before
