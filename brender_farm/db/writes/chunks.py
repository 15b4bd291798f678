"""Changing chunks. All of these run inside `writing()`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.changes import changes_of
from brender_farm.db.models import Chunk, Shot
from brender_farm.db.reads.racing import held_by_rivals
from brender_farm.db.writes.events import add_event
from brender_farm.db.writes.frames import blame_vanishing, put_back
from brender_farm.db.writes.loose import let_loose
from brender_farm.db.writes.shots import set_pending, touch
from brender_farm.domain.frames import MAX_TEXT, Spans, frame_list
from brender_farm.domain.retries import never_failed
from brender_farm.domain.states import CHUNK_MOVES, LIVE_CHUNK_STATES, ChunkState, require_move

_BLAMELESS = (ChunkState.DONE, ChunkState.RENDERING)


def cut_chunk(
    session: Session,
    shot: Shot,
    *,
    node_id: int,
    frame_count: int,
    now: datetime,
    lot: str = "",
    fences: Iterable[int] = (),
) -> Chunk:
    """Take the next frames out of the shot's pending ones and lease them to a node.

    `lot` is a key of its retries; empty: frames that never failed. `fences` are the loose chunks
    of its folder. Held frames are none of either. The chunk gets its id when the session is
    flushed.
    """
    order, pending = frame_list(shot.frames), Spans.decode(shot.pending)
    free = pending - Spans.decode(shot.held)
    source = Spans.decode(shot.retries[lot]) if lot else never_failed(shot.retries, free)
    taken, _ = source.take(frame_count)
    while len(frames := str(order.at(taken))) > MAX_TEXT:  # scattered: a node could not read it
        frame_count //= 2
        taken, _ = source.take(frame_count)
    set_pending(shot, pending - taken)
    chunk = Chunk(
        shot_id=shot.id,
        node_id=node_id,
        state=ChunkState.SENT,
        spans=taken.encode(),
        frames=frames,
        frame_count=len(taken),
        done_count=0,
        failed_count=0,
        boot="",
        fences=list(fences),
        sent_at=now,
    )
    session.add(chunk)
    return chunk


def end_chunk(
    session: Session,
    chunk: Chunk,
    shot: Shot,
    state: ChunkState,
    *,
    now: datetime,
    reason: str,
    by_node: bool = False,
) -> bool:
    """End a live chunk and put its unfinished frames back in their place among the pending.

    Those that a rival in a race has as well stay with that one. Unless the node itself ended it,
    the chunk is loose from now on. Returns False, and changes nothing, when the chunk was over
    already.
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
    if not by_node:
        let_loose(session, chunk, shot, now=now)
    put_back(session, shot, Spans.decode(chunk.spans) - held_by_rivals(session, chunk, shot))
    chunk.state, chunk.spans, chunk.reason, chunk.finished_at = state, "", reason, now
    changes_of(session).ended_chunks.add(chunk.id)
    touch(session, shot)
    return True


def lose_chunk(
    session: Session,
    chunk: Chunk,
    shot: Shot,
    *,
    now: datetime,
    reason: str,
    vanished: str = "",
    frame_in_hand: int | None = None,
) -> None:
    """End a chunk that nobody holds any more.

    `vanished` is the name of its node if that went down with it: then a frame is under suspicion,
    `frame_in_hand` by what the node last said, or else the first unfinished one.
    """
    if vanished and chunk.state is ChunkState.RENDERING and chunk.spans:
        number = _suspect(chunk, shot, frame_in_hand)
        held = frame_list(shot.frames).position(number) in held_by_rivals(session, chunk, shot)
        blame_vanishing(session, chunk, shot, number, node=vanished, is_held=held, now=now)
    end_chunk(session, chunk, shot, ChunkState.LOST, now=now, reason=reason)


def _suspect(chunk: Chunk, shot: Shot, frame_in_hand: int | None) -> int:
    order, left = frame_list(shot.frames), Spans.decode(chunk.spans)
    if frame_in_hand is not None and order.position(frame_in_hand) in left:
        return frame_in_hand
    unfinished = list(left)
    return order[unfinished[-1 if chunk.twin_of else 0]]  # a twin begins at the other end


def end_live_chunks(
    session: Session, shot: Shot, state: ChunkState, *, now: datetime, reason: str
) -> dict[int, int]:
    """End all that a shot has on nodes; return what is to be stopped: chunk's id → node's id."""
    ended = {}
    for chunk in live_chunks_of(session, shot.id):
        end_chunk(session, chunk, shot, state, now=now, reason=reason)
        ended[chunk.id] = chunk.node_id
    return ended


def wind_down(chunks: Iterable[Chunk]) -> dict[int, int]:
    """Have live chunks end after their current frame; return chunk's id → node's id."""
    told = {}
    for chunk in chunks:
        chunk.ending = True
        told[chunk.id] = chunk.node_id
    return told


def live_chunks_of(session: Session, shot_id: int) -> list[Chunk]:
    found = select(Chunk).where(Chunk.shot_id == shot_id, Chunk.state.in_(LIVE_CHUNK_STATES))
    return list(session.scalars(found))


def live_chunks_on(session: Session, node_id: int) -> list[Chunk]:
    found = select(Chunk).where(Chunk.node_id == node_id, Chunk.state.in_(LIVE_CHUNK_STATES))
    return list(session.scalars(found))


def live_chunk_nodes(session: Session) -> dict[int, int]:
    """Return every live chunk's id with the id of its node."""
    found = select(Chunk.id, Chunk.node_id).where(Chunk.state.in_(LIVE_CHUNK_STATES))
    return {row.id: row.node_id for row in session.execute(found)}


def ending_chunks(session: Session) -> list[int]:
    found = select(Chunk.id).where(Chunk.state.in_(LIVE_CHUNK_STATES), Chunk.ending.is_(True))
    return list(session.scalars(found))


def chunks_by_id(session: Session, ids: Iterable[int]) -> list[Chunk]:
    return list(session.scalars(select(Chunk).where(Chunk.id.in_(list(ids)))))
