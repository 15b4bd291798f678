"""Changing chunks. All of these run inside `writing()`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Shot
from brender_farm.db.writes.events import add_event
from brender_farm.db.writes.shots import set_pending, touch
from brender_farm.domain.frames import MAX_TEXT, FrameList, Spans
from brender_farm.domain.states import CHUNK_MOVES, LIVE_CHUNK_STATES, ChunkState, require_move

_BLAMELESS = (ChunkState.DONE, ChunkState.RENDERING)


def cut_chunk(
    session: Session, shot: Shot, *, node_id: int, frame_count: int, now: datetime
) -> Chunk:
    """Take the next frames out of the shot's pending ones and lease them to a node.

    The chunk gets its id when the session is flushed.
    """
    order, pending = FrameList.parse(shot.frames), Spans.decode(shot.pending)
    taken, rest = pending.take(frame_count)
    while len(frames := str(order.at(taken))) > MAX_TEXT:  # scattered: a node could not read it
        frame_count //= 2
        taken, rest = pending.take(frame_count)
    set_pending(shot, rest)
    chunk = Chunk(
        shot_id=shot.id,
        node_id=node_id,
        state=ChunkState.SENT,
        spans=taken.encode(),
        frames=frames,
        frame_count=len(taken),
        sent_at=now,
    )
    session.add(chunk)
    return chunk


def end_chunk(
    session: Session, chunk: Chunk, shot: Shot, state: ChunkState, *, now: datetime, reason: str
) -> bool:
    """End a live chunk and put its unfinished frames back in their place among the pending.

    Returns False, and changes nothing, when the chunk was over already.
    """
    if chunk.state not in LIVE_CHUNK_STATES:
        return False
    require_move(CHUNK_MOVES, chunk.state, state)
    if state not in _BLAMELESS:
        add_event(
            session,
            at=now,
            actor="farm",
            subject="chunk",
            subject_id=chunk.id,
            from_state=chunk.state,
            to_state=state,
            reason=reason,
        )
    set_pending(shot, Spans.decode(shot.pending) | Spans.decode(chunk.spans))
    chunk.state, chunk.spans, chunk.reason, chunk.finished_at = state, "", reason, now
    touch(session, shot)
    return True


def live_chunks_of(session: Session, shot_id: int) -> list[Chunk]:
    found = select(Chunk).where(Chunk.shot_id == shot_id, Chunk.state.in_(LIVE_CHUNK_STATES))
    return list(session.scalars(found))


def live_chunk_nodes(session: Session) -> dict[int, int]:
    """Return every live chunk's id with the id of its node."""
    found = select(Chunk.id, Chunk.node_id).where(Chunk.state.in_(LIVE_CHUNK_STATES))
    return {row.id: row.node_id for row in session.execute(found)}


def chunks_by_id(session: Session, ids: Iterable[int]) -> list[Chunk]:
    return list(session.scalars(select(Chunk).where(Chunk.id.in_(list(ids)))))
