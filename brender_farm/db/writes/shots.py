"""Changing shots. All of these run inside `writing()`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from brender_farm.db.changes import changes_of
from brender_farm.db.models import Farm, Shot
from brender_farm.db.reads.dependencies import comes_after, followers_of
from brender_farm.db.reads.frames import last_failed_frame
from brender_farm.db.writes.events import add_event
from brender_farm.domain.dependencies import numbered
from brender_farm.domain.frames import Spans
from brender_farm.domain.retries import among
from brender_farm.domain.rollup import Tally, is_hopeless, shot_state
from brender_farm.domain.states import (
    ACTIVE_SHOT_STATES,
    SHOT_MOVES,
    UNFINISHED_SHOT_STATES,
    ShotState,
    require_move,
)

FARM = "farm"
"""Who did what nobody asked for."""
_REASON_SIGNS = 500
_WAITS_FOR_FRAMES = "All its pending frames wait for the same frames of other shots."
_OVER = (ShotState.COMPLETED, ShotState.FAILED, ShotState.CANCELLED)
_ALTERNATING = (ShotState.WAITING, *ACTIVE_SHOT_STATES)
_COUNT_A_CHANGE = update(Farm).values(shots_rev=Farm.shots_rev + 1)


def touch(session: Session, shot: Shot) -> None:
    """Tell open pages and the scheduler's desk that the shot, its chunks or frames have changed."""
    shot.rev += 1
    changes = changes_of(session)
    changes.shots.add(shot.id)
    if not changes.shots_counted:
        # Past the session, which would first write every change so far.
        session.connection().execute(_COUNT_A_CHANGE)
        changes.shots_counted = True


def set_pending(shot: Shot, pending: Spans) -> None:
    """Keep which frames are pending; what is not pending is neither held nor a retry."""
    shot.pending = pending.encode()
    shot.pending_count = len(pending)
    if shot.held_count:
        set_held(shot, Spans.decode(shot.held) & pending)
    if shot.retries:
        shot.retries = among(shot.retries, pending)


def set_held(shot: Shot, held: Spans) -> None:
    """Keep which of the pending frames wait; a retry that waits is none until it is free."""
    shot.held = held.encode()
    shot.held_count = len(held)
    if shot.retries and held:
        shot.retries = among(shot.retries, Spans.decode(shot.pending) - held)


def count_gave_up(shot: Shot) -> None:
    """Count one more frame that gave up."""
    shot.failed_count += 1
    shot.failed_run += 1


def tally_of(shot: Shot) -> Tally:
    return Tally(
        frame_count=shot.frame_count,
        pending_count=shot.pending_count,
        done_count=shot.done_count,
        failed_count=shot.failed_count,
        failed_run=shot.failed_run,
        held_count=shot.held_count,
        is_open=shot.is_open,
    )


def roll_up(session: Session, shot: Shot, *, now: datetime, why: str = "") -> None:
    """Give the shot the state that follows from its frames, with its event.

    `why` is what brought the change about, where that is not told by the frames.
    """
    tally = tally_of(shot)
    state = shot_state(shot.state, tally)
    if state is shot.state:
        return
    if _alternates(shot, state) and not why:
        shot.state = state  # with every chunk, or frame waited for; only the first start is told
        return
    reason = ""
    if state is ShotState.PAUSED and is_hopeless(tally):
        reason = (
            f"{tally.failed_run} frames gave up one after the other and none succeeded since. "
            f"The last one: {_last_failure(session, shot)} "
            "Mend it, then resume: they are tried again."
        )
    elif state is ShotState.FAILED:
        reason = (
            f"{tally.failed_count} of {tally.frame_count} frames gave up. "
            f"The last one: {_last_failure(session, shot)}"
        )
    elif state is ShotState.WAITING and not why:
        why = _WAITS_FOR_FRAMES if shot.is_open else _what_comes_first(session, shot)
    move(session, shot, state, now=now, actor=FARM, reason=reason or why)
    shot.reason = reason  # what it waits for changes meanwhile, and is told by reading it anew


def _what_comes_first(session: Session, shot: Shot) -> str:
    first = [
        other.id
        for other, by_frame in comes_after(session, shot.id)
        if not by_frame and other.state is not ShotState.COMPLETED
    ]
    if first:
        return f"It waits for {numbered(first)}."
    return f"It does not start before {shot.not_before:%Y-%m-%d %H:%M} UTC."


def _alternates(shot: Shot, state: ShotState) -> bool:
    is_begun = shot.started_at is not None and shot.is_open
    return is_begun and state in _ALTERNATING and shot.state in _ALTERNATING


def _last_failure(session: Session, shot: Shot) -> str:
    frame = last_failed_frame(session, shot.id)
    return f"frame {frame.frame}: {frame.reason[:_REASON_SIGNS]}" if frame is not None else "-"


def note(session: Session, shot: Shot, *, now: datetime, actor: str, reason: str) -> None:
    """Store an event that does not change the shot's state."""
    add_event(
        session,
        at=now,
        actor=actor,
        subject="shot",
        subject_id=shot.id,
        from_state=shot.state,
        to_state=shot.state,
        reason=reason,
    )


def reopen(session: Session, shot: Shot, *, now: datetime, actor: str, reason: str) -> None:
    """Queue a shot that is over once more; one that is not over only gets the event."""
    if shot.state in UNFINISHED_SHOT_STATES:
        note(session, shot, now=now, actor=actor, reason=reason)
    else:
        move(session, shot, ShotState.QUEUED, now=now, actor=actor, reason=reason)


def move(
    session: Session, shot: Shot, state: ShotState, *, now: datetime, actor: str, reason: str
) -> None:
    """Change a shot's state, its times, and store the event."""
    require_move(SHOT_MOVES, shot.state, state)
    add_event(
        session,
        at=now,
        actor=actor,
        subject="shot",
        subject_id=shot.id,
        from_state=shot.state,
        to_state=state,
        reason=reason,
    )
    shot.state = state
    shot.reason = reason
    shot.halted = state is ShotState.PAUSED and actor == FARM
    shot.finished_at = now if state in _OVER else None
    if state not in _OVER:
        shot.audited_at = None
        shot.archived = False  # what goes on must be seen
    if state is ShotState.RENDERING and shot.started_at is None:
        shot.started_at = now
    for follower_id in followers_of(session, shot.id):
        session.get_one(Shot, follower_id).rev += 1  # its page tells the state of this one
