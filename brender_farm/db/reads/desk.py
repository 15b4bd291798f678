"""What the scheduler's desk asks for beside the planner's views."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Farm, Shot
from brender_farm.domain.states import LIVE_CHUNK_STATES

_REVS = select(Farm.shots_rev, Farm.nodes_rev)
_REVS_AND_SHOT = (
    select(Farm.shots_rev, Farm.nodes_rev, Shot.rev)
    .select_from(Farm)
    .join(Shot, Shot.id == bindparam("shot_id"))
)
_LIVE = select(Chunk.id, Chunk.shot_id, Chunk.node_id).where(Chunk.state.in_(LIVE_CHUNK_STATES))


def farm_revs(session: Session) -> tuple[int, int]:
    """Return the counters of changes of shots and of nodes."""
    row = session.connection().execute(_REVS).one()
    return row.shots_rev, row.nodes_rev


def revs_with_shot(session: Session, shot_id: int) -> tuple[int, int, int] | None:
    """Return the revisions of shots, of nodes and of one shot; None: there is no such shot."""
    found = session.connection().execute(_REVS_AND_SHOT, {"shot_id": shot_id})
    row = found.one_or_none()
    return None if row is None else (row.shots_rev, row.nodes_rev, row.rev)


def live_chunks(session: Session) -> dict[int, tuple[int, int]]:
    """Return every live chunk: id → (shot's id, node's id)."""
    return {row.id: (row.shot_id, row.node_id) for row in session.execute(_LIVE)}
