"""Beginning a shot again from its first frame: all it has on nodes is stopped, all is in line."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from brender_farm.db.core import writing
from brender_farm.db.models import Frame, Shot
from brender_farm.db.reads.shots import require_shot
from brender_farm.db.writes.shots import move, note, roll_up, touch
from brender_farm.domain.states import OVER_SHOT_STATES, FrameState, ShotState
from brender_farm.service.messages import Orders, announce
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.shot_actions import require_own_folder, start_anew
from brender_farm.service.turnover import begin_anew
from brender_farm.service.views import shot_row


def reset_shot(shot_id: int, *, actor: str, reason: str = "") -> ShotRow:
    """Stop what a shot has on nodes and render all its frames again, whatever became of them.

    Each old file stays until the new one is proven. Raises NotFound, and ActionRefused when
    another shot has its folder now.
    """
    now = datetime.now(UTC)
    with writing() as session:
        shot = require_shot(session, shot_id)
        orders = reset(session, shot, actor=actor, reason=reason, now=now)
        row = shot_row(shot)
    announce(orders)
    return row


def reset(session: Session, shot: Shot, *, actor: str, reason: str, now: datetime) -> Orders:
    """Do the same in the open transaction, and return what nodes are to be told."""
    require_own_folder(session, shot)
    orders = begin_anew(session, shot, why="The shot was reset.", now=now)
    _give_tries_back(session, shot)
    start_anew(shot)
    why = f"Reset: all {shot.frame_count} frames are rendered again. {reason}".strip()
    if shot.state in (*OVER_SHOT_STATES, ShotState.PAUSED):
        move(session, shot, ShotState.QUEUED, now=now, actor=actor, reason=why)
    else:
        note(session, shot, now=now, actor=actor, reason=why)
    roll_up(session, shot, now=now)
    touch(session, shot)
    return orders


def _give_tries_back(session: Session, shot: Shot) -> None:
    """Forget how often frames failed that were waiting for another try."""
    shot.retries = {}
    session.execute(
        update(Frame)
        .where(Frame.shot_id == shot.id, Frame.state == FrameState.PENDING)
        .values(tries=0, vanished=0, failed_on=[])
    )
