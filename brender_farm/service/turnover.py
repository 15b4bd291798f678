"""Letting go of what is rendered the old way, so that the rest comes out the new way.

All of these run inside `writing()`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm.db.models import Shot
from brender_farm.db.writes.chunks import (
    chunks_by_id,
    end_chunk,
    end_live_chunks,
    live_chunks_of,
    wind_down,
)
from brender_farm.db.writes.frames import ask_again, stored_frame
from brender_farm.db.writes.loose import loose_by_folder
from brender_farm.domain.frames import Spans, frame_list
from brender_farm.domain.states import ChunkState
from brender_farm.service.messages import Orders


def finish_the_old(session: Session, shot: Shot, *, why: str, now: datetime) -> Orders:
    """Let what renders finish its frame the old way; what has not begun goes back at once."""
    live = live_chunks_of(session, shot.id)
    begun = [chunk for chunk in live if chunk.state is ChunkState.RENDERING]
    unbegun = [chunk for chunk in live if chunk.state is not ChunkState.RENDERING]
    for chunk in unbegun:
        end_chunk(session, chunk, shot, ChunkState.RETURNED, now=now, reason=why)
    stop = {chunk.id: chunk.node_id for chunk in unbegun}
    return Orders(stop=stop, finish=wind_down(begun))


def begin_anew(session: Session, shot: Shot, *, why: str, now: datetime) -> Orders:
    """Put every frame of a shot back in line, those that are rendering now among them.

    Each old file stays until the new one is proven.
    """
    _disown(session, shot, now)
    stop = end_live_chunks(session, shot, ChunkState.RETURNED, now=now, reason=why)
    ask_again(session, shot, Spans.all(shot.frame_count), reason=why, now=now)
    return Orders(stop=stop)


def _disown(session: Session, shot: Shot, now: datetime) -> None:
    """Frames that are published the old way but not reported yet must not count any more."""
    loose = chunks_by_id(session, loose_by_folder(session).get(shot.output_dir, ()))
    own = [chunk for chunk in loose if chunk.shot_id == shot.id]
    for chunk in (*live_chunks_of(session, shot.id), *own):
        for number in frame_list(chunk.frames):
            frame = stored_frame(session, shot, number, now=now)
            frame.stale_up_to = max(frame.stale_up_to, chunk.id)
