"""What the scheduler's desk asks for beside the planner's views."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Farm
from brender_farm.domain.states import LIVE_CHUNK_STATES

_REVS = select(Farm.shots_rev, Farm.nodes_rev)
_LIVE = select(Chunk.id, Chunk.shot_id, Chunk.node_id).where(Chunk.state.in_(LIVE_CHUNK_STATES))


def farm_revs(session: Session) -> tuple[int, int]:
    """Return the counters of changes of shots and of nodes."""
    row = session.connection().execute(_REVS).one()
    return row.shots_rev, row.nodes_rev


def live_chunks(session: Session) -> dict[int, tuple[int, int]]:
    """Return every live chunk: id → (shot's id, node's id)."""
    return {row.id: (row.shot_id, row.node_id) for row in session.execute(_LIVE)}
