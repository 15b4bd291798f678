"""What each button on a shot does to the database. All of these run inside `writing()`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from brender_farm.db.models import Frame, Shot
from brender_farm.db.reads.frames import failed_positions
from brender_farm.db.reads.shots import other_shot_writing_to
from brender_farm.db.writes.chunks import end_live_chunks, live_chunks_of, wind_down
from brender_farm.db.writes.dependencies import wait_no_longer
from brender_farm.db.writes.frames import ask_again
from brender_farm.db.writes.line import put_in_line
from brender_farm.db.writes.shots import move, note, reopen, roll_up, tally_of, touch
from brender_farm.domain.frames import Spans
from brender_farm.domain.rollup import is_hopeless
from brender_farm.domain.states import (
    UNFINISHED_SHOT_STATES,
    ChunkState,
    FrameState,
    ShotState,
    target_of,
)
from brender_farm.errors import ActionRefused
from brender_farm.service.messages import Orders


def perform(
    session: Session, shot: Shot, action: str, *, actor: str, reason: str, now: datetime
) -> Orders:
    """Do `action` and return what nodes are to be told.

    Raises ActionRefused when the shot's state forbids it, or another shot has its folder now.
    """
    before = shot.state
    target = target_of(action, before)
    orders = Orders()
    if target is ShotState.CANCELLED:
        why = "The shot was cancelled."
        orders = Orders(
            stop=end_live_chunks(session, shot, ChunkState.CANCELLED, now=now, reason=why)
        )
    elif target is ShotState.PAUSED:
        orders = Orders(finish=wind_down(live_chunks_of(session, shot.id)))
    else:
        require_own_folder(session, shot)
        start_anew(shot)
    if action == "retry" or (action == "resume" and is_hopeless(tally_of(shot))):
        _requeue_failed(session, shot)
    if action == "start":
        reason = f"{wait_no_longer(session, shot, now=now)} {reason}".strip()
    move(session, shot, target, now=now, actor=actor, reason=reason)
    roll_up(session, shot, now=now)
    touch(session, shot)
    return orders


def change_priority(
    session: Session, shot: Shot, priority: int, *, actor: str, now: datetime
) -> None:
    """Give a shot another priority, which must be one; the same again changes nothing."""
    if shot.priority != priority:
        why = f"Priority {shot.priority} → {priority}."
        note(session, shot, now=now, actor=actor, reason=why)
        shot.priority = priority
        touch(session, shot)


def rerender(
    session: Session, shot: Shot, positions: Spans, *, actor: str, reason: str, now: datetime
) -> int:
    """Put frames that are over back in line; each old file stays until the new one is proven.

    Returns how many. Raises ActionRefused for a cancelled shot, or one whose folder is in use.
    """
    if shot.state is ShotState.CANCELLED:
        raise ActionRefused(
            "It is cancelled: retry it first, then ask for frames again.", allowed=("retry",)
        )
    require_own_folder(session, shot)
    why = reason or "Asked for again."
    count = ask_again(session, shot, positions, reason=why, now=now)
    if count:
        start_anew(shot)
        why = f"{count} frames are to be rendered again. {reason}".strip()
        reopen(session, shot, now=now, actor=actor, reason=why)
        roll_up(session, shot, now=now)
        touch(session, shot)
    return count


def require_own_folder(session: Session, shot: Shot) -> None:
    """Raise ActionRefused when another unfinished shot writes to this shot's output folder."""
    if shot.state in UNFINISHED_SHOT_STATES:
        return
    other = other_shot_writing_to(session, shot)
    if other is not None:
        raise ActionRefused(
            f"Shot {other} is writing to {shot.output_dir} now: two would mix their frames. "
            "Wait until it is finished, or cancel it."
        )


def start_anew(shot: Shot) -> None:
    """Give every node another chance with this shot."""
    shot.bans, shot.strikes, shot.blend_changed = {}, {}, False


def _requeue_failed(session: Session, shot: Shot) -> None:
    """Give the failed frames all their tries back."""
    put_in_line(session, shot, Spans.of(failed_positions(session, shot)))
    shot.failed_count = shot.failed_run = 0
    session.execute(
        update(Frame)
        .where(Frame.shot_id == shot.id, Frame.state == FrameState.FAILED)
        .values(state=FrameState.PENDING, tries=0, vanished=0, failed_on=[], log_tail="")
    )
