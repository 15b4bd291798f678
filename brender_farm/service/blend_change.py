"""Going on with a .blend that was changed after its shot was submitted."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Shot
from brender_farm.db.reads.frames import failed_positions
from brender_farm.db.reads.shots import is_taken, require_shot
from brender_farm.db.writes.frames import ask_again
from brender_farm.db.writes.shots import move, note, roll_up, touch
from brender_farm.domain.frames import Spans
from brender_farm.domain.states import (
    ACTIVE_SHOT_STATES,
    UNFINISHED_SHOT_STATES,
    ShotState,
    shot_actions,
)
from brender_farm.errors import ActionRefused, Fault, RequestRefused
from brender_farm.service.blender_versions import farm_versions
from brender_farm.service.messages import Orders, announce
from brender_farm.service.new_blend import NewBlend, read_new_blend
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.turnover import begin_anew, finish_the_old
from brender_farm.service.views import shot_row

_WHY = "The .blend was changed, and the new one adopted."


class Scope(StrEnum):
    """Which frames are rendered from the new file."""

    REST = "rest"
    """Those that are not finished, failed ones among them."""
    ALL = "all"
    """Every one again; each old file stays until the new one is proven."""


def adopt_blend(shot_id: int, scope: str, *, actor: str) -> ShotRow:
    """Go on with the .blend as it is now, for the "rest" of the frames or for "all"; resume.

    Raises NotFound; ActionRefused when the file has not changed, or the shot's state or snapshot
    forbids it; RequestRefused with what is wrong with the new file.
    """
    wanted = _read_scope(scope)
    with reading() as session:
        shot = require_shot(session, shot_id)
        _require_adoptable(session, shot, wanted)
        blend, scene, fmt, blender = shot.blend, shot.scene, shot.format, shot.blender
        render = dict(shot.render)
        versions = farm_versions(session)
    new = read_new_blend(
        blend, scene=scene, fmt=fmt, versions=versions, blender=blender, render=render
    )
    with writing() as session:
        shot = require_shot(session, shot_id)
        _require_adoptable(session, shot, wanted)
        _require_change(shot, new)
        _require_size(shot, new, wanted)
        orders = _adopt(session, shot, new, wanted, actor, datetime.now(UTC))
        row = shot_row(shot)
    announce(orders)
    return row


def _read_scope(scope: str) -> Scope:
    try:
        return Scope(scope)
    except ValueError:
        raise RequestRefused(
            Fault(
                field="scope",
                message=f"{scope!r} is not known.",
                remedy="Choose rest (the frames that are not finished) or all (every frame again).",
            )
        ) from None


def _require_adoptable(session: Session, shot: Shot, scope: Scope) -> None:
    if why := _why_not(session, shot, scope):
        raise ActionRefused(why, allowed=shot_actions(shot.state))


def _why_not(session: Session, shot: Shot, scope: Scope) -> str:
    if shot.source_blend is not None:
        return (
            f"It renders from a snapshot of its own ({shot.blend}), which changes to "
            f"{shot.source_blend} do not touch. Submit that file as a new shot."
        )
    if shot.state is ShotState.CANCELLED:
        return "It is cancelled. Retry it first, then adopt the new .blend."
    if scope is Scope.REST and shot.state is ShotState.COMPLETED:
        return "All its frames are finished. Adopt the new .blend for all frames instead."
    if shot.state not in UNFINISHED_SHOT_STATES and is_taken(session, shot.output_dir):
        return (
            f"Another unfinished shot is writing to {shot.output_dir}. "
            "Finish or cancel that one first."
        )
    return ""


def _require_change(shot: Shot, new: NewBlend) -> None:
    same = shot.blend_digest == new.state.digest
    if not shot.blend_digest:  # submitted before digests were taken
        recorded = (shot.blend_size_bytes, shot.blend_mtime_ns)
        same = recorded == (new.state.byte_count, new.state.mtime_ns)
    if same:
        raise ActionRefused(
            f"{shot.blend} is the file that the shot renders from: it has not changed. "
            "Nothing is to be adopted; a paused shot can be resumed.",
            allowed=shot_actions(shot.state),
        )


def _require_size(shot: Shot, new: NewBlend, scope: Scope) -> None:
    """Frames of two sizes would make no film."""
    old = (shot.width, shot.height)
    if scope is Scope.ALL or shot.size_given or new.size_with(shot.render) == old:
        return
    width, height = new.size_with(shot.render)
    raise RequestRefused(
        Fault(
            field="scope",
            message=f"The scene is {width} × {height} now; "
            f"the finished frames are {old[0]} × {old[1]}.",
            remedy="Adopt it for all frames, or put the size back in the scene.",
        )
    )


def _adopt(
    session: Session, shot: Shot, new: NewBlend, scope: Scope, actor: str, now: datetime
) -> Orders:
    if scope is Scope.ALL:
        orders = begin_anew(session, shot, why=_WHY, now=now)
    else:
        orders = finish_the_old(session, shot, why=_WHY, now=now)
        failed = Spans.of(failed_positions(session, shot))
        ask_again(session, shot, failed, reason=_WHY, now=now)
    count = shot.frame_count if scope is Scope.ALL else shot.frame_count - shot.done_count
    reason = (
        f"The changed .blend was adopted for {count} of {shot.frame_count} frames "
        f"(BLAKE2b {shot.blend_digest or 'unknown'} → {new.state.digest})."
    )
    _record(shot, new)
    _go_on(session, shot, reason, actor, now)
    roll_up(session, shot, now=now)
    touch(session, shot)
    return orders


def _record(shot: Shot, new: NewBlend) -> None:
    state = new.state
    shot.blend_size_bytes, shot.blend_mtime_ns = state.byte_count, state.mtime_ns
    shot.blend_ctime_ns, shot.blend_digest = state.ctime_ns, state.digest
    shot.blend_version, shot.warnings = new.facts.blender_version, list(new.warnings)
    if not shot.size_given:
        shot.width, shot.height = new.size_with(shot.render)
    shot.blend_changed = False
    shot.strikes, shot.bans = {}, {}  # what failed with the old file may do with the new one


def _go_on(session: Session, shot: Shot, reason: str, actor: str, now: datetime) -> None:
    if shot.state in ACTIVE_SHOT_STATES:
        note(session, shot, now=now, actor=actor, reason=reason)
        return
    move(session, shot, ShotState.QUEUED, now=now, actor=actor, reason=reason)
    shot.reason = ""  # it is told in the history
