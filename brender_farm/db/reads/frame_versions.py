"""Reading what frames were before their picture changed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, FrameVersion, Node


def versions_of_frame(
    session: Session, shot_id: int, number: int
) -> list[tuple[FrameVersion, str | None]]:
    """Return the earlier pictures of a frame, newest first, each with its node's name."""
    found = session.execute(
        select(FrameVersion, Node.name)
        .outerjoin(Chunk, Chunk.id == FrameVersion.chunk_id)
        .outerjoin(Node, Node.id == Chunk.node_id)
        .where(FrameVersion.shot_id == shot_id, FrameVersion.frame == number)
        .order_by(FrameVersion.id.desc())
    )
    return [(version, node) for version, node in found]
