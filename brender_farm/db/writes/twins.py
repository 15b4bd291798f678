"""Changing chunks that race each other for the same frames. Inside `writing()`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Farm, Shot
from brender_farm.db.reads.racing import open_races, rivals_of
from brender_farm.db.writes.chunks import end_chunk
from brender_farm.db.writes.shots import roll_up
from brender_farm.domain.frames import MAX_TEXT, FrameList, Spans, frame_list
from brender_farm.domain.states import ChunkState

TWIN_FIRST = "Its twin was first."
TWIN_HAD_THE_REST = "Its twin had the rest."
_BROKER_FORGOT = "The broker forgot which of two twins may publish."


def cut_twin(
    session: Session,
    shot: Shot,
    original: Chunk,
    *,
    node_id: int,
    frame_count: int,
    now: datetime,
    fences: Iterable[int] = (),
) -> Chunk:
    """Lease the last unfinished frames of a live chunk to another node too, last one first.

    Nothing is taken from the original. The twin gets its id when the session is flushed.
    """
    positions = list(Spans.decode(original.spans))[-frame_count:]
    order = frame_list(shot.frames)
    while len(frames := str(_backwards(order, positions))) > MAX_TEXT:
        positions = positions[len(positions) // 2 :]
    twin = Chunk(
        shot_id=shot.id,
        node_id=node_id,
        state=ChunkState.SENT,
        spans=Spans.of(positions).encode(),
        frames=frames,
        frame_count=len(positions),
        done_count=0,
        failed_count=0,
        boot="",
        fences=list(fences),
        twin_of=original.id,
        sent_at=now,
    )
    session.add(twin)
    return twin


def settle_race(
    session: Session, shot: Shot, chunk: Chunk, position: int, *, now: datetime
) -> dict[int, int]:
    """Let the rivals of a chunk go of a frame that it has finished.

    A chunk that has no frame left is ended though its node is still at one. Returns those: chunk's
    id → node's id; their nodes are to be told.
    """
    ended = {}
    for rival in rivals_of(session, chunk, shot):
        left = Spans.decode(rival.spans) - Spans.of([position])
        rival.spans = left.encode()
        if not left:
            end_chunk(session, rival, shot, ChunkState.CANCELLED, now=now, reason=TWIN_FIRST)
            ended[rival.id] = rival.node_id
    return ended


def end_if_robbed(session: Session, shot: Shot, chunk: Chunk, *, now: datetime) -> bool:
    """End a live chunk whose last frames its twin has finished, and tell whether it was one."""
    over_count = chunk.done_count + chunk.failed_count
    if not shot.race or chunk.spans or over_count >= chunk.frame_count:
        return False  # its node knows, too, that it is through
    why = TWIN_HAD_THE_REST
    return end_chunk(session, chunk, shot, ChunkState.CANCELLED, now=now, reason=why)


def dissolve_races(session: Session, *, now: datetime) -> None:
    """End all chunks of races that are open: the broker has forgotten who may publish what.

    Their frames go to new chunks, which fence the old ones. No other chunk handed out so far gets a
    twin any more: it may have published frames that it could not tell of yet.
    """
    for chunk in open_races(session):
        shot = session.get_one(Shot, chunk.shot_id)
        end_chunk(session, chunk, shot, ChunkState.LOST, now=now, reason=_BROKER_FORGOT)
        roll_up(session, shot, now=now)
    newest = session.scalar(select(func.max(Chunk.id))) or 0
    session.execute(update(Farm).values(races_after=newest))


def _backwards(order: FrameList, positions: list[int]) -> FrameList:
    return FrameList.of(order[position] for position in reversed(positions))
