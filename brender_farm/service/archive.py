"""Putting shots that are over away: out of the list and its counts, with all that is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Shot
from brender_farm.db.reads.shots import require_shot, shots_to_archive
from brender_farm.db.writes.shots import FARM, note, touch
from brender_farm.domain.states import OVER_SHOT_STATES
from brender_farm.errors import ActionRefused
from brender_farm.service.farm_settings import setting
from brender_farm.service.messages import announce
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.views import shot_row

_AT_A_TIME = 100
"""Shots that one transaction of the farm's own archiving takes: others want to write as well."""


def archive_shot(shot_id: int, *, actor: str) -> ShotRow:
    """Put a shot away. Raises NotFound, and ActionRefused while it is not over."""
    return _change(shot_id, True, actor)


def unarchive_shot(shot_id: int, *, actor: str) -> ShotRow:
    """Put a shot back into the list. Raises NotFound."""
    return _change(shot_id, False, actor)


def put_away(
    session: Session, shot: Shot, *, actor: str, now: datetime, why: str = "Archived."
) -> None:
    """Archive a shot, in the open transaction. Raises ActionRefused while it is not over."""
    if shot.state not in OVER_SHOT_STATES:
        raise ActionRefused(
            f"It is {shot.state}: only shots that are over can be archived. Cancel it first."
        )
    if not shot.archived:
        _mark(session, shot, True, actor, now, why)


def take_out(session: Session, shot: Shot, *, actor: str, now: datetime) -> None:
    """Put a shot back into the list, in the open transaction."""
    if shot.archived:
        _mark(session, shot, False, actor, now, "Taken out of the archive.")


def archive_the_old(now: datetime) -> int:
    """Archive what was finished longer ago than the farm's setting says; return how many shots.

    Completed and cancelled ones only: a failed shot waits for somebody, however long.
    """
    with reading() as session:
        days = setting(session, "archive_after_days")
        found = shots_to_archive(session, now - timedelta(days=days)) if days else []
    why = f"Archived: it was over for {days} {'day' if days == 1 else 'days'}."
    for start in range(0, len(found), _AT_A_TIME):
        with writing() as session:
            for shot_id in found[start : start + _AT_A_TIME]:
                shot = session.get(Shot, shot_id)
                if shot is not None and shot.state in OVER_SHOT_STATES and not shot.archived:
                    put_away(session, shot, actor=FARM, now=now, why=why)
    return len(found)


def _change(shot_id: int, archived: bool, actor: str) -> ShotRow:
    now = datetime.now(UTC)
    with writing() as session:
        shot = require_shot(session, shot_id)
        change = put_away if archived else take_out
        change(session, shot, actor=actor, now=now)
        row = shot_row(shot)
    announce()
    return row


def _mark(
    session: Session, shot: Shot, archived: bool, actor: str, now: datetime, why: str
) -> None:
    shot.archived = archived
    note(session, shot, now=now, actor=actor, reason=why)
    touch(session, shot)
