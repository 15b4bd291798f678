"""What follows from bad frames: they are rendered again, but not for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm.db.models import Shot
from brender_farm.db.reads.audit import RecordedFrame
from brender_farm.db.writes.frames import ask_again
from brender_farm.db.writes.shots import move, reopen, roll_up
from brender_farm.domain.frames import Spans, frame_list
from brender_farm.domain.states import ACTIVE_SHOT_STATES, ShotState
from brender_farm.service.audit_files import Look

MAX_FINDS_IN_ROW = 3
"""So many audits that ran by themselves found something one after the other: the shot pauses."""

_MISSING = "A file of it is missing (found by the audit)."
_CHANGED = "A file of it has changed (found by the audit)."


def put_back(
    session: Session,
    shot: Shot,
    bad: Sequence[tuple[RecordedFrame, Look]],
    *,
    actor: str,
    finds_in_row: int,
    now: datetime,
) -> None:
    """Make bad frames pending again, with the shot's state and event, inside `writing()`."""
    for missing, reason in ((True, _MISSING), (False, _CHANGED)):
        frames = [frame for frame, look in bad if look.is_missing is missing]
        ask_again(session, shot, _positions(shot, frames), reason=reason, now=now)
    reopen(session, shot, now=now, actor=actor, reason=_found(bad))
    if finds_in_row >= MAX_FINDS_IN_ROW and shot.state in ACTIVE_SHOT_STATES:
        reason = _for_ever(finds_in_row, bad)
        move(session, shot, ShotState.PAUSED, now=now, actor=actor, reason=reason)
    roll_up(session, shot, now=now)


def _positions(shot: Shot, frames: Sequence[RecordedFrame]) -> Spans:
    order = frame_list(shot.frames)
    positions = (order.position(frame.frame) for frame in frames)
    return Spans.of(position for position in positions if position is not None)


def _found(bad: Sequence[tuple[RecordedFrame, Look]]) -> str:
    missing = sum(look.is_missing for _, look in bad)
    words = [f"{missing} missing"] if missing else []
    words += [f"{len(bad) - missing} changed"] if missing < len(bad) else []
    return (
        f"The audit found files that are not as they were published ({', '.join(words)}): "
        "these frames are rendered again."
    )


def _for_ever(finds_in_row: int, bad: Sequence[tuple[RecordedFrame, Look]]) -> str:
    return (
        f"Finished frames keep vanishing or changing: {finds_in_row} audits in a row found some, "
        f"now {bad[0][1].wrong} Find out who else writes to the output folder, then resume."
    )
