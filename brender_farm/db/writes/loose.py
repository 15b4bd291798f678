"""Chunks that are over though their node may still be writing. Inside `writing()`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, LooseChunk, Shot

SETTLED_S = 5.0
"""A heartbeat is believed to know of a chunk's end after so long; nodes beat every 2 s."""

_BY_FOLDER = select(LooseChunk.output_dir, LooseChunk.chunk_id).order_by(LooseChunk.chunk_id)


def let_loose(session: Session, chunk: Chunk, shot: Shot, *, now: datetime) -> None:
    """Note that the farm has ended a chunk without its node's word."""
    values = {"chunk_id": chunk.id, "node_id": chunk.node_id}
    # Past the session, which would first write every change so far; `loose_by_folder` as well.
    session.connection().execute(
        insert(LooseChunk).values(values | {"output_dir": shot.output_dir, "since": now})
    )


def loose_by_folder(session: Session) -> dict[str, list[int]]:
    """Return which chunks may still be writing to which output folder."""
    found: dict[str, list[int]] = defaultdict(list)
    for row in session.connection().execute(_BY_FOLDER):
        found[row.output_dir].append(row.chunk_id)
    return found


def forget_loose(session: Session, chunk_ids: Iterable[int]) -> None:
    """Note that these chunks cannot write any more."""
    ids = list(chunk_ids)
    if ids:
        session.execute(delete(LooseChunk).where(LooseChunk.chunk_id.in_(ids)))


def forget_dropped(session: Session, claims: dict[int, frozenset[int]], *, now: datetime) -> None:
    """Forget what nodes (id → the chunks they claim now) have let go of."""
    settled = now - timedelta(seconds=SETTLED_S)
    query = select(LooseChunk.chunk_id, LooseChunk.node_id).where(LooseChunk.since < settled)
    dropped = [
        row.chunk_id
        for row in session.execute(query)
        if row.node_id in claims and row.chunk_id not in claims[row.node_id]
    ]
    forget_loose(session, dropped)
