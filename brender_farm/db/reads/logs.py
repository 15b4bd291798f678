"""Reading which chunks have logs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Node, Shot


def newest_chunks(session: Session, limit: int) -> list[Any]:
    """Return the chunks that began last, as rows of id, frames, started_at, shot_name and node."""
    found = session.execute(
        select(
            Chunk.id,
            Chunk.frames,
            Chunk.started_at,
            Shot.name.label("shot_name"),
            Node.name.label("node"),
        )
        .join(Shot, Shot.id == Chunk.shot_id)
        .join(Node, Node.id == Chunk.node_id)
        .where(Chunk.started_at.is_not(None))
        .order_by(Chunk.id.desc())
        .limit(limit)
    )
    return list(found.all())
