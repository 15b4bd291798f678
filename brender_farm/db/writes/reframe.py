"""Changing which frames a shot has, or their order. In `writing()`.

Everything that is stored as positions in the old order finds its place in the new one.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from brender_farm.db.models import Frame, Shot
from brender_farm.db.reads.dependencies import followers_of
from brender_farm.db.writes.chunks import live_chunks_of
from brender_farm.db.writes.line import hold, keep_away, let_go
from brender_farm.db.writes.shots import roll_up, set_pending, touch
from brender_farm.domain.dependencies import positions_of
from brender_farm.domain.frames import FrameList, Spans, frame_list
from brender_farm.domain.states import FrameState


def reframe(session: Session, shot: Shot, new: FrameList, *, now: datetime) -> None:
    """Give a shot these frames in this order; the caller rolls it up.

    New ones are pending, and held where they come after another shot's. What is left out must be
    neither done nor on a node.
    """
    old = frame_list(shot.frames)

    def moved(text: str) -> Spans:
        return positions_of(new, old.at(Spans.decode(text)))

    _forget_failures(session, shot, new)
    added = Spans.all(len(new)) - positions_of(new, old)
    pending = moved(shot.pending) | added
    shot.held = moved(shot.held).encode()
    shot.retries = {key: moved(text).encode() for key, text in shot.retries.items()}
    for chunk in live_chunks_of(session, shot.id):
        chunk.spans = moved(chunk.spans).encode()
    shot.frames, shot.frame_count = str(new), len(new)
    shot.held_count = len(Spans.decode(shot.held))
    set_pending(shot, pending)
    keep_away(session, shot, added - hold(session, shot, added))
    _tell_followers(session, shot, now)


def _forget_failures(session: Session, shot: Shot, new: FrameList) -> None:
    """Frames that gave up and are left out count no more; put back later, they begin anew."""
    if not shot.failed_count:
        return
    failed = select(Frame.frame).where(Frame.shot_id == shot.id, Frame.state == FrameState.FAILED)
    gone = [number for number in session.scalars(failed) if new.position(number) is None]
    for start in range(0, len(gone), 500):
        session.execute(
            update(Frame)
            .where(Frame.shot_id == shot.id, Frame.frame.in_(gone[start : start + 500]))
            .values(state=FrameState.PENDING, tries=0, vanished=0, failed_on=[], log_tail="")
        )
    shot.failed_count -= len(gone)
    shot.failed_run = min(shot.failed_run, shot.failed_count)


def _tell_followers(session: Session, shot: Shot, now: datetime) -> None:
    """Shots that come after this one frame by frame wait for its new frames, and for no others."""
    for follower_id, by_frame in followers_of(session, shot.id).items():
        follower = session.get_one(Shot, follower_id)
        if not by_frame or not follower.pending_count:
            continue
        before = follower.held
        let_go(session, follower, Spans.decode(follower.held))
        hold(session, follower, Spans.decode(follower.pending))
        if follower.held != before:
            roll_up(session, follower, now=now)
            touch(session, follower)
