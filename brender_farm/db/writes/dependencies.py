"""Changing which shot comes after which, and what follows for the others. In `writing()`.

A shot that comes after whole shots, or not before a time, is *closed* until all of that is met;
once open it stays open. One that comes after another frame by frame has held frames instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from brender_farm.db.models import Dependency, Shot
from brender_farm.db.reads.dependencies import comes_after, due_shots, followers_of
from brender_farm.db.writes.line import hold, let_go
from brender_farm.db.writes.shots import FARM, note, roll_up, touch
from brender_farm.domain.dependencies import may_begin, numbered, positions_of
from brender_farm.domain.frames import FrameList, Spans, frame_list
from brender_farm.domain.states import ShotState


def come_after(
    session: Session, shot: Shot, whole: Iterable[int], by_frame: Iterable[int], *, now: datetime
) -> None:
    """Let a shot come after these others and no more; the caller rolls it up.

    One that is in both comes first as a whole.
    """
    kinds = dict.fromkeys(by_frame, True) | dict.fromkeys(whole, False)
    session.execute(delete(Dependency).where(Dependency.shot_id == shot.id))
    session.add_all(
        Dependency(shot_id=shot.id, after_id=after_id, by_frame=kind)
        for after_id, kind in kinds.items()
    )
    session.flush()
    earlier = comes_after(session, shot.id)
    states = [other.state for other, is_by_frame in earlier if not is_by_frame]
    shot.is_open = may_begin(states, not_before=shot.not_before, now=now)
    let_go(session, shot, Spans.decode(shot.held))
    hold(session, shot, Spans.decode(shot.pending))


def wait_no_longer(session: Session, shot: Shot, *, now: datetime) -> str:
    """Drop all that a shot waits for; return what that was, as a sentence."""
    what = [numbered([other.id]) for other, _ in comes_after(session, shot.id)]
    if shot.not_before is not None and shot.not_before > now:
        what.append(f"{shot.not_before:%Y-%m-%d %H:%M} UTC")
    shot.not_before = None
    come_after(session, shot, (), (), now=now)
    return f"It no longer waits for {', '.join(what)}." if what else ""


def tell_followers(session: Session, shot: Shot, frames: Sequence[int], *, now: datetime) -> bool:
    """Let go what waited for these frames of a shot, or for its completion.

    Only frames that are done count. Returns whether any other shot has more to give away now.
    """
    changed = False
    for follower_id, by_frame in followers_of(session, shot.id).items():
        follower = session.get_one(Shot, follower_id)
        if by_frame and follower.held_count:
            places = positions_of(frame_list(follower.frames), FrameList.of(frames))
            if let_go(session, follower, places):
                roll_up(session, follower, now=now)
                touch(session, follower)
                changed = True
        elif not by_frame and shot.state is ShotState.COMPLETED:
            changed |= _open_if_met(session, follower, now, f"Shot {shot.id} is completed.")
    return changed


def hold_followers(session: Session, shot: Shot, frames: FrameList, *, now: datetime) -> None:
    """Hold again what comes after frames of a shot that are to be rendered anew."""
    for follower_id, by_frame in followers_of(session, shot.id).items():
        follower = session.get_one(Shot, follower_id)
        if not by_frame or follower.pending_count == follower.held_count:
            continue
        places = positions_of(frame_list(follower.frames), frames)
        if hold(session, follower, places & Spans.decode(follower.pending)):
            roll_up(session, follower, now=now)
            touch(session, follower)


def open_due(session: Session, *, now: datetime) -> None:
    """Open the shots whose start time has come, and any whose opening was missed."""
    for shot in due_shots(session, now=now):
        timed = "Its start time has come."
        _open(session, shot, now, timed if shot.not_before else "What it comes after is completed.")


def forget_followers(session: Session, shot: Shot, *, now: datetime) -> None:
    """Take a shot that is to be deleted out of what others come after, and out of their line."""
    followers = followers_of(session, shot.id)
    either = or_(Dependency.shot_id == shot.id, Dependency.after_id == shot.id)
    session.execute(delete(Dependency).where(either))
    for follower_id, by_frame in followers.items():
        follower = session.get_one(Shot, follower_id)
        if by_frame and follower.held_count:
            let_go(session, follower, Spans.decode(follower.held))
            roll_up(session, follower, now=now)
        elif not by_frame:
            _open_if_met(session, follower, now, f"Shot {shot.id} was deleted.")
        touch(session, follower)


def _open_if_met(session: Session, shot: Shot, now: datetime, why: str) -> bool:
    if shot.is_open:
        return False
    earlier = comes_after(session, shot.id)
    states = [other.state for other, by_frame in earlier if not by_frame]
    if not may_begin(states, not_before=shot.not_before, now=now):
        return False
    _open(session, shot, now, why)
    return True


def _open(session: Session, shot: Shot, now: datetime, why: str) -> None:
    shot.is_open = True
    before = shot.state
    roll_up(session, shot, now=now, why=why)
    if shot.state is before:
        note(session, shot, now=now, actor=FARM, reason=why)
    touch(session, shot)
