"""Whose a shot is."""

from __future__ import annotations

from sqlalchemy import select

from brender_farm.db.core import reading
from brender_farm.db.models import Chunk, Shot


def submitter_of_shot(shot_id: int) -> str | None:
    """Return who submitted a shot; None: there is none."""
    with reading() as session:
        return session.scalar(select(Shot.submitter).where(Shot.id == shot_id))


def submitter_of_chunk(chunk_id: int) -> str | None:
    """Return who submitted the shot that a chunk is of; None: there is none."""
    with reading() as session:
        found = select(Shot.submitter).join(Chunk, Chunk.shot_id == Shot.id)
        return session.scalar(found.where(Chunk.id == chunk_id))
