"""Putting frames in line, where some wait for the same frame of another shot. In `writing()`.

Such a frame is pending and *held*: it keeps its place, and no chunk gets it.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from brender_farm.db.models import Shot
from brender_farm.db.reads.frames import pending_with_failures
from brender_farm.db.reads.held import held_by
from brender_farm.db.writes.shots import set_held, set_pending
from brender_farm.domain.frames import Spans, frame_list
from brender_farm.domain.retries import add_retry


def put_in_line(session: Session, shot: Shot, positions: Spans) -> Spans:
    """Make frames pending, and hold those that wait; return the ones that do not."""
    set_pending(shot, Spans.decode(shot.pending) | positions)
    return positions - hold(session, shot, positions)


def hold(session: Session, shot: Shot, positions: Spans) -> Spans:
    """Hold those of these pending frames that wait for another shot; return them."""
    held = held_by(session, shot, positions)
    if held:
        set_held(shot, Spans.decode(shot.held) | held)
    return held


def let_go(session: Session, shot: Shot, positions: Spans) -> bool:
    """Free those of these held frames that wait no longer; return whether there are any."""
    positions = positions & Spans.decode(shot.held)
    free = positions - held_by(session, shot, positions)
    if free:
        set_held(shot, Spans.decode(shot.held) - free)
        keep_away(session, shot, free)
    return bool(free)


def keep_away(session: Session, shot: Shot, positions: Spans) -> None:
    """Keep those of these pending frames that failed before away from where they did."""
    order = frame_list(shot.frames)
    for frame in pending_with_failures(session, shot.id):
        position = order.position(frame.frame)
        if position is not None and position in positions:
            shot.retries = add_retry(shot.retries, frame.failed_on, position)
