"""Reading the farm's rules, limits and shares, and what is in use of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, FarmLimit, Share, Shot
from brender_farm.domain.states import LIVE_CHUNK_STATES, UNFINISHED_SHOT_STATES


def limit_slots(session: Session) -> dict[str, int]:
    """Return how many chunks may have each farm-wide limit at a time."""
    return {row.name: row.slots for row in session.execute(select(FarmLimit.name, FarmLimit.slots))}


def weights(session: Session) -> dict[str, float]:
    """Return how much of the farm submitters are to have; who is not named has weight 1."""
    return {
        row.submitter: row.weight for row in session.execute(select(Share.submitter, Share.weight))
    }


def shots_with_slots(session: Session) -> Sequence[Row[int, str, list[str], int]]:
    """Return (id, submitter, limit_names, live chunks) of every shot that has any."""
    counted = (
        select(Chunk.shot_id, func.count().label("slots"))
        .where(Chunk.state.in_(LIVE_CHUNK_STATES))
        .group_by(Chunk.shot_id)
        .subquery()
    )
    found = select(Shot.id, Shot.submitter, Shot.limit_names, counted.c.slots)
    return session.execute(found.join(counted, counted.c.shot_id == Shot.id)).all()


def unfinished_shots(session: Session) -> Sequence[Row[int, str, list[str]]]:
    """Return (id, submitter, limit_names) of every shot that is not finished, oldest first."""
    found = select(Shot.id, Shot.submitter, Shot.limit_names)
    wanted = found.where(Shot.state.in_(UNFINISHED_SHOT_STATES)).order_by(Shot.id)
    return session.execute(wanted).all()
