"""Changing a shot that exists: one transaction, one event that tells every change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Shot
from brender_farm.db.reads.dependencies import comes_after
from brender_farm.db.reads.frames import failed_positions
from brender_farm.db.reads.shots import require_shot
from brender_farm.db.writes.chunks import live_chunks_of
from brender_farm.db.writes.dependencies import come_after, tell_followers
from brender_farm.db.writes.reframe import reframe
from brender_farm.db.writes.shots import note, reopen, roll_up, touch
from brender_farm.domain.dependencies import positions_of
from brender_farm.domain.frames import FrameList, Spans, frame_list
from brender_farm.domain.states import UNFINISHED_SHOT_STATES, ShotState
from brender_farm.errors import ActionRefused, Fault, RequestRefused
from brender_farm.service.after import require_no_circle, require_unfinished
from brender_farm.service.edit_request import Wanted, understand
from brender_farm.service.edit_tags import require_unchanged
from brender_farm.service.messages import Orders, announce
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.shot_actions import require_own_folder, start_anew
from brender_farm.service.shot_settings import (
    LABELS,
    differences,
    settings_of,
    shown_value,
    tag_of,
)
from brender_farm.service.turnover import begin_anew, finish_the_old
from brender_farm.service.views import shot_row

_NO_SETTINGS: Mapping[str, str] = {}
_OLD_LOOK = "Its render settings were changed."


def shot_settings(shot_id: int) -> dict[str, str]:
    """Return what may be changed of a shot, as text. Raises NotFound."""
    with reading() as session:
        return _settings(session, require_shot(session, shot_id))


def edit_shot(
    shot_id: int,
    changes: Mapping[str, object],
    *,
    actor: str,
    seen: Mapping[str, str] = _NO_SETTINGS,
    tag: str = "",
    again: bool = False,
) -> ShotRow:
    """Change settings of a shot, by the names that a submission has for them.

    What renders now goes on, except that with a new look each node only finishes its frame;
    finished frames keep the old look unless all are rendered `again`. New frames of a shot that is
    over reopen it. `seen` is what somebody saw of it before the change, `tag` the tag of all of it.

    Raises NotFound; ChangedMeanwhile when it has another tag; RequestRefused with every fault, also
    for what was changed meanwhile by somebody else or for frames that cannot be left out;
    ActionRefused when its state or another shot forbids it.
    """
    wanted = understand(shot_id, changes)
    now = datetime.now(UTC)
    with writing() as session:
        shot = require_shot(session, shot_id)
        before = _settings(session, shot)
        _require_unchanged(before, changes, seen, tag)
        orders = _apply(session, shot, wanted, again=again, now=now)
        lines = differences(before, _settings(session, shot))
        if again:
            lines.append(f"All {shot.frame_count} frames are to be rendered again.")
        if lines:
            _record(session, shot, "\n".join(lines), actor=actor, now=now)
        row = shot_row(shot)
    if lines:
        announce(orders)
    return row


def _settings(session: Session, shot: Shot) -> dict[str, str]:
    return settings_of(shot, comes_after(session, shot.id))


def _require_unchanged(
    now: Mapping[str, str], changes: Mapping[str, object], seen: Mapping[str, str], tag: str
) -> None:
    require_unchanged(tag, tag_of(now))
    faults = [
        Fault(
            field=name,
            message=f"Somebody changed the {LABELS[name]} meanwhile: "
            f"it was {shown_value(seen[name])} and is {shown_value(now[name])} now.",
            remedy="Save again if yours is to stand.",
        )
        for name in changes.keys() & seen.keys() & now.keys()
        if seen[name] != now[name]
    ]
    if faults:
        raise RequestRefused(*faults)


def _apply(session: Session, shot: Shot, wanted: Wanted, *, again: bool, now: datetime) -> Orders:
    old_look = dict(shot.render)
    for name, value in wanted.columns.items():
        setattr(shot, name, value)
    if wanted.frames is not None:
        _require_removable(session, shot, wanted.frames)
        reframe(session, shot, wanted.frames, now=now)
    if wanted.waits:
        _wait(session, shot, wanted, now)
    if again:
        if shot.state is ShotState.CANCELLED:
            raise ActionRefused(
                "It is cancelled: retry it first, then ask for frames again.", allowed=("retry",)
            )
        return begin_anew(session, shot, why=_OLD_LOOK, now=now)
    if shot.render != old_look:
        return finish_the_old(session, shot, why=_OLD_LOOK, now=now)
    return Orders()


def _wait(session: Session, shot: Shot, wanted: Wanted, now: datetime) -> None:
    require_unfinished(shot)
    earlier = comes_after(session, shot.id)
    whole, by_frame = wanted.after, wanted.after_frames
    if whole is None:
        whole = tuple(other.id for other, is_by_frame in earlier if not is_by_frame)
    if by_frame is None:
        by_frame = tuple(other.id for other, is_by_frame in earlier if is_by_frame)
    if wanted.sets_start:
        shot.not_before = wanted.not_before
    require_no_circle(session, shot, {*whole, *by_frame})
    come_after(session, shot, whole, by_frame, now=now)


def _record(session: Session, shot: Shot, reason: str, *, actor: str, now: datetime) -> None:
    """Store what was changed, and the state that follows; what is over may go on with it."""
    is_over = shot.state not in (*UNFINISHED_SHOT_STATES, ShotState.CANCELLED)
    if is_over and shot.pending_count:
        require_own_folder(session, shot)
        start_anew(shot)
        reopen(session, shot, now=now, actor=actor, reason=reason)
        shot.reason = ""  # it is told in the history
    else:
        note(session, shot, now=now, actor=actor, reason=reason)
    roll_up(session, shot, now=now)
    touch(session, shot)
    if shot.state is ShotState.COMPLETED:
        tell_followers(session, shot, (), now=now)


def _require_removable(session: Session, shot: Shot, new: FrameList) -> None:
    """Refuse to leave out frames that are done, or that a node has now."""
    old = frame_list(shot.frames)
    left_out = Spans.all(len(old)) - positions_of(old, new)
    free = Spans.decode(shot.pending) | Spans.of(failed_positions(session, shot))
    kept = left_out - free
    if not kept:
        return
    busy = Spans()
    for chunk in live_chunks_of(session, shot.id):
        busy |= Spans.decode(chunk.spans)
    rendering, done = old.at(kept & busy), old.at(kept - busy)
    faults = []
    if done.runs:
        words = f"{_named(done)} finished already, and cannot be left out."
        faults.append(Fault(field="frames", message=words, remedy="Keep what is finished."))
    if rendering.runs:
        words = f"{_named(rendering)} on a node now, and cannot be left out."
        remedy = "Wait until they are done, or pause the shot first."
        faults.append(Fault(field="frames", message=words, remedy=remedy))
    raise RequestRefused(*faults)


def _named(frames: FrameList) -> str:
    text = str(frames)
    shown = f"{text[:80]}…" if len(text) > 80 else text
    return f"Frame {shown} is" if len(frames) == 1 else f"Frames {shown} are"
