"""What each button on a shot does to the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from brender_farm.db.models import Frame, Shot
from brender_farm.db.reads.frames import failed_positions
from brender_farm.db.writes.chunks import end_chunk, live_chunks_of
from brender_farm.db.writes.shots import move, roll_up, set_pending, tally_of, touch
from brender_farm.domain.frames import Spans
from brender_farm.domain.rollup import is_hopeless
from brender_farm.domain.states import ChunkState, FrameState, ShotState, target_of


def perform(
    session: Session, shot: Shot, action: str, *, actor: str, reason: str, now: datetime
) -> dict[int, int]:
    """Do `action` inside the caller's `writing()`; return the chunks to stop: id → node's id.

    Raises ActionRefused when the shot's state forbids it.
    """
    before = shot.state
    target = target_of(action, before)
    stopped: dict[int, int] = {}
    if target is ShotState.CANCELLED:
        stopped = _stop_chunks(session, shot, now)
    if action == "retry" or (action == "resume" and is_hopeless(tally_of(shot))):
        _requeue_failed(session, shot)
    move(session, shot, target, now=now, actor=actor, reason=reason)
    roll_up(session, shot, now=now)
    touch(session, shot)
    return stopped


def _stop_chunks(session: Session, shot: Shot, now: datetime) -> dict[int, int]:
    stopped = {}
    for chunk in live_chunks_of(session, shot.id):
        end_chunk(
            session, chunk, shot, ChunkState.CANCELLED, now=now, reason="The shot was cancelled."
        )
        stopped[chunk.id] = chunk.node_id
    return stopped


def _requeue_failed(session: Session, shot: Shot) -> None:
    """Give the failed frames all their tries back."""
    positions = Spans.of(failed_positions(session, shot))
    set_pending(shot, Spans.decode(shot.pending) | positions)
    shot.failed_count = 0
    session.execute(
        update(Frame)
        .where(Frame.shot_id == shot.id, Frame.state == FrameState.FAILED)
        .values(state=FrameState.PENDING, tries=0)
    )
